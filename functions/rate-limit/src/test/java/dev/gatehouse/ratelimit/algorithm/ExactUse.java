package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.ratelimit.Limit;
import java.math.BigInteger;

/** A model of the use of one limit, as {@link Algorithm} and {@link Limit} specify it. All times in microseconds. */
public sealed interface ExactUse permits ExactGcra, ExactFixed, ExactSliding {

    BigInteger MOST = BigInteger.TWO.pow(51);

    /**
     * The use that another kind of limit takes over.
     *
     * @param used in units, or in microseconds of GCRA; rounded up
     * @param of what it is a share of
     * @param within whether no more is used than there is
     */
    record Share(long used, long of, boolean within, boolean units) {}

    static ExactUse none(Limit limit, long now) {
        return switch (limit.algorithm()) {
            case Algorithm.Gcra _ -> new ExactGcra(limit, Fraction.of(now));
            case Algorithm.FixedWindow fixed -> ExactFixed.none(limit, Windows.of(fixed), now);
            case Algorithm.CalendarWindow calendar -> ExactFixed.none(limit, Windows.of(calendar), now);
            case Algorithm.SlidingWindow sliding -> ExactSliding.none(limit, sliding.windowSeconds() * 1_000_000, now);
            case Algorithm.Unlimited _ -> throw new IllegalArgumentException();
        };
    }

    /** The units that a window starts with. */
    static long units(Share share, Limit limit, long most) {
        if (share.units) {
            return kept(share.used, share.of, limit.limit(), most);
        }
        long scaled = scaled(share, limit.limit()).min(BigInteger.valueOf(most)).longValueExact();
        return share.within ? Math.min(scaled, limit.limit()) : scaled;
    }

    /** The units used, of which what fitted the old limit is no debt under a lower one. */
    static long kept(long used, long oldLimit, long newLimit, long most) {
        if (used <= newLimit) {
            return used;
        }
        long debt = Math.max(0, used - Math.max(oldLimit, newLimit));
        return Math.min(newLimit + debt, most);
    }

    /** The same share of so much, rounded up. */
    static BigInteger scaled(Share share, long ofSoMuch) {
        return Fraction.of(share.used)
                .times(Fraction.of(ofSoMuch))
                .dividedBy(Fraction.of(share.of))
                .roundedUp()
                .min(MOST);
    }

    /** Returns the maximum use of a limit: the units of ten years of windows. */
    static long tenYearsWorth(long limit, long windowMicros) {
        long windows = Math.max(1, Limit.MAX_WINDOW_SECONDS * 1_000_000 / windowMicros);
        return BigInteger.valueOf(windows)
                .multiply(BigInteger.valueOf(limit))
                .min(MOST)
                .longValueExact();
    }

    /** Returns the use at a later time. */
    ExactUse at(long now);

    /** Returns whether its numbers have the same meaning under this limit. */
    boolean isOf(Limit limit);

    /** Returns the use under another limit, {@link #at} now. */
    ExactUse under(Limit limit, long now);

    /** Returns the use of an unused limit after it takes over that of another. */
    ExactUse takenOver(Share share, long now);

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
