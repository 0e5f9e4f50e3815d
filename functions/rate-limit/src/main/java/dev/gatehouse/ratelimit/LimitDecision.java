// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.algorithm.ChargeTerms;
import dev.gatehouse.ratelimit.algorithm.LimitRecord;
import dev.gatehouse.ratelimit.algorithm.LimitState;
import java.time.Duration;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The decision of one limit in a {@link CheckDecision}. */
public sealed interface LimitDecision {

    /** Orders denials first, then by the fewest remaining units, then by the longest time to reset. */
    Comparator<LimitDecision> TIGHTEST_FIRST = Comparator.<LimitDecision>comparingInt(
                    each -> each instanceof Denied ? 0 : 1)
            .thenComparingLong(LimitDecision::remaining)
            .thenComparing(LimitDecision::resetAfter, Comparator.reverseOrder());

    /**
     * Returns the units that the limit would admit at once after this check; never negative. A limit of 10 with 3 used
     * returns 7. A lock-out admits none.
     */
    long remaining();

    /**
     * Returns the time until the limit is unused and a lock-out has ended, if nothing more is charged; zero if so. In
     * microseconds.
     */
    Duration resetAfter();

    /** Returns whether the subject is locked out of the limit. A cost of 0 is allowed all the same. */
    boolean blocked();

    /**
     * The limit had room. In mode {@link Mode#ALL} it was charged only if every limit had room.
     *
     * @param waitTime time until the charged units are free, for a check that may wait; zero if they are, and for a limit in
     *     shadow, which delays nothing. In whole microseconds, rounded up
     */
    record Allowed(long remaining, Duration resetAfter, Duration waitTime, boolean blocked) implements LimitDecision {

        /** Creates the decision of a charge that does not wait, of a subject that is not locked out. */
        public Allowed(long remaining, Duration resetAfter) {
            this(remaining, resetAfter, Duration.ZERO, false);
        }
    }

    /**
     * The limit had no room and was not charged.
     *
     * @param retryAfter time until the limit admits the same cost with the same maximum wait, in whole microseconds,
     *     rounded up; null if it never does
     * @param blocked whether this denial or an earlier one has locked the subject out
     */
    record Denied(
            long remaining, Duration resetAfter, @Nullable Duration retryAfter, boolean blocked)
            implements LimitDecision {

        /** Creates a denial without a lock-out. */
        public Denied(long remaining, Duration resetAfter, @Nullable Duration retryAfter) {
            this(remaining, resetAfter, retryAfter, false);
        }
    }

    /** A shadow limit had no room and was not charged; it denies nothing. Its components match {@link Denied}. */
    record WouldDeny(
            long remaining, Duration resetAfter, @Nullable Duration retryAfter, boolean blocked)
            implements LimitDecision {

        /** Creates a decision without a lock-out. */
        public WouldDeny(long remaining, Duration resetAfter, @Nullable Duration retryAfter) {
            this(remaining, resetAfter, retryAfter, false);
        }
    }

    /**
     * Returns the decision of a check.
     *
     * @param record the record that the check left
     * @param charged whether {@code record} includes the units of {@code terms}
     */
    static LimitDecision of(LimitRecord record, ChargeTerms terms, boolean allowed, boolean charged, long now) {
        var state = record.state();
        boolean blocked = record.isBlocked(now);
        long remaining = blocked ? 0 : state.remaining(now);
        var resetAfter = micros(Math.max(record.blockedFor(now), state.resetAfter(now)));
        if (allowed) {
            long waitTime = charged ? terms.waitTime(state, now) : 0;
            return new Allowed(remaining, resetAfter, micros(waitTime), blocked);
        }
        var retryMicros = terms.retryAfter(record, now);
        var retryAfter = retryMicros == null ? null : micros(retryMicros);
        return terms.shadow()
                ? new WouldDeny(remaining, resetAfter, retryAfter, blocked)
                : new Denied(remaining, resetAfter, retryAfter, blocked);
    }

    /** Returns the decision after a correction that left {@code state}. */
    static LimitDecision corrected(LimitState state, long now) {
        return of(LimitRecord.of(state), ChargeTerms.correcting(0), true, false, now);
    }

    /** Returns {@link Denied}, or {@link WouldDeny} for a limit in shadow, without a lock-out. */
    static LimitDecision denied(boolean shadow, long remaining, Duration resetAfter, @Nullable Duration retryAfter) {
        return shadow
                ? new WouldDeny(remaining, resetAfter, retryAfter)
                : new Denied(remaining, resetAfter, retryAfter);
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1000);
    }

    /** Returns the decision of an uncounted limit: one of 0 units, or an unlimited one. */
    static LimitDecision uncounted(LimitedSubject limited) {
        if (limited.limit().isUnlimited() || limited.cost() == 0) {
            return left(limited.limit());
        }
        return denied(limited.limit().shadow(), 0, Duration.ZERO, null);
    }

    /** Returns the constant state of an uncounted limit. */
    static LimitDecision left(Limit uncounted) {
        return new Allowed(uncounted.isUnlimited() ? Limit.MAX_UNITS : 0, Duration.ZERO);
    }
}
