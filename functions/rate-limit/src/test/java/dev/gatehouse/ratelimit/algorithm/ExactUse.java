// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.ratelimit.Limit;
import java.math.BigInteger;

/** A model of the use of one limit, as {@link Algorithm} and {@link Limit} specify it. All times in microseconds. */
public sealed interface ExactUse permits ExactGcra, ExactFixed, ExactSliding {

    BigInteger MOST = BigInteger.TWO.pow(51);

    /**
     * The use that another limit takes over.
     *
     * @param capacity of the limit that counted it
     */
    record Used(Fraction units, long capacity) {

        static Used whole(long units, long capacity) {
            return new Used(Fraction.of(units), capacity);
        }

        /** The units used, of which what fitted the old limit is no debt under a lower one. */
        Fraction under(long other) {
            if (units.compareTo(Fraction.of(other)) <= 0) {
                return units;
            }
            var debt = units.minus(Fraction.of(Math.max(capacity, other)));
            return Fraction.of(other).plus(debt.compareTo(Fraction.of(0)) < 0 ? Fraction.of(0) : debt);
        }

        /** The units that a window starts with. */
        long in(Limit limit, long most) {
            return under(limit.limit())
                    .roundedUp()
                    .min(BigInteger.valueOf(most))
                    .longValueExact();
        }
    }

    static ExactUse none(Limit limit, long now) {
        return switch (limit.algorithm()) {
            case Algorithm.Gcra _ -> new ExactGcra(limit, Fraction.of(now), now);
            case Algorithm.FixedWindow fixed -> ExactFixed.none(limit, Windows.of(fixed), now);
            case Algorithm.CalendarWindow calendar -> ExactFixed.none(limit, Windows.of(calendar), now);
            case Algorithm.SlidingWindow sliding -> ExactSliding.none(limit, sliding.windowSeconds() * 1_000_000, now);
            case Algorithm.Unlimited _ -> throw new IllegalArgumentException();
        };
    }

    /** Returns the maximum use of a limit: the units of ten years of windows. */
    static long tenYearsWorth(long limit, long windowMicros) {
        long windows = Math.max(1, Limit.MAX_WINDOW_SECONDS * 1_000_000 / windowMicros);
        return BigInteger.valueOf(windows)
                .multiply(BigInteger.valueOf(limit))
                .min(MOST)
                .longValueExact();
    }

    /** Returns the use at a later time, or at an earlier one: then it may move back. */
    ExactUse at(long now);

    /** Returns whether it is so far ahead of now that it moves back. */
    boolean isAhead(long now);

    /** Returns whether its numbers have the same meaning under this limit. */
    boolean isOf(Limit limit);

    /** Returns the use under another limit, {@link #at} now. */
    ExactUse under(Limit limit, long now);

    /** Returns the use of an unused limit after it takes over that of another. */
    ExactUse takenOver(Used used, long now);

    boolean fits(long cost, long now);

    ExactUse charged(long cost);

    ExactUse forced(long units, long now);

    ExactUse refunded(long units, long now);

    long remaining(long now);

    /** The first moment from now on at which nothing is used. */
    long unusedAt(long now);

    /** The first moment from now on at which the cost fits. */
    long fitsAt(long cost, long now);

    /** When it may be forgotten: nothing is used then, in whatever terms. */
    long forgottenAt(long now);
}
