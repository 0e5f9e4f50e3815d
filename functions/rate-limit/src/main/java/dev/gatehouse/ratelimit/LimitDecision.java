package dev.gatehouse.ratelimit;

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
     * returns 7.
     */
    long remaining();

    /** Returns the time until the limit is unused, if nothing more is charged; zero if it is. In microseconds. */
    Duration resetAfter();

    /** The limit had room. In mode {@link Mode#ALL} it was charged only if every limit had room. */
    record Allowed(long remaining, Duration resetAfter) implements LimitDecision {}

    /**
     * The limit had no room and was not charged.
     *
     * @param retryAfter time until the limit admits the same cost, in whole microseconds, rounded up; null if it never
     *     does
     */
    record Denied(
            long remaining, Duration resetAfter, @Nullable Duration retryAfter) implements LimitDecision {}

    /** A shadow limit had no room and was not charged; it denies nothing. Its components match {@link Denied}. */
    record WouldDeny(
            long remaining, Duration resetAfter, @Nullable Duration retryAfter) implements LimitDecision {

        static WouldDeny as(Denied denied) {
            return new WouldDeny(denied.remaining, denied.resetAfter, denied.retryAfter);
        }
    }

    /** Returns the decision of an uncounted limit: one of 0 units, or an unlimited one. */
    static LimitDecision uncounted(LimitedSubject asked) {
        if (asked.limit().isUnlimited() || asked.cost() == 0) {
            return left(asked.limit());
        }
        return asked.limit().shadow() ? new WouldDeny(0, Duration.ZERO, null) : new Denied(0, Duration.ZERO, null);
    }

    /** Returns the constant state of an uncounted limit. */
    static LimitDecision left(Limit uncounted) {
        return new Allowed(uncounted.isUnlimited() ? Limit.MAX_UNITS : 0, Duration.ZERO);
    }
}
