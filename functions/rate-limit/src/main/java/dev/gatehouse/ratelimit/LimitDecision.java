package dev.gatehouse.ratelimit;

import java.time.Duration;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** One limit's part in a {@link CheckDecision}. */
public sealed interface LimitDecision {

    /** Those that deny before those that do not; of these the one with the least room, which takes longest to have it all. */
    Comparator<LimitDecision> TIGHTEST_FIRST = Comparator.<LimitDecision>comparingInt(
                    each -> each instanceof Denied ? 0 : 1)
            .thenComparingLong(LimitDecision::remaining)
            .thenComparing(LimitDecision::resetAfter, Comparator.reverseOrder());

    /** Units that could be admitted at once after this check; for a limit of 10 with 3 used, 7. Never negative. */
    long remaining();

    /** Time until the limit is wholly unused, if nothing more is charged; zero when it is. In microseconds. */
    Duration resetAfter();

    /** The limit had room. In mode {@link Mode#ALL} it was charged only if every limit had. */
    record Allowed(long remaining, Duration resetAfter) implements LimitDecision {}

    /**
     * The limit had no room and was not charged.
     *
     * @param retryAfter when the same cost would be admitted, in whole microseconds rounded up; null if it never fits
     */
    record Denied(
            long remaining, Duration resetAfter, @Nullable Duration retryAfter) implements LimitDecision {}

    /** A limit in shadow had no room and was not charged; it keeps nobody from passing. As {@link Denied}. */
    record WouldDeny(
            long remaining, Duration resetAfter, @Nullable Duration retryAfter) implements LimitDecision {

        static WouldDeny as(Denied denied) {
            return new WouldDeny(denied.remaining, denied.resetAfter, denied.retryAfter);
        }
    }

    /** What a limit decides that is not counted: one of nothing, or none at all. */
    static LimitDecision uncounted(LimitedSubject asked) {
        if (asked.limit().isUnlimited() || asked.cost() == 0) {
            return left(asked.limit());
        }
        return asked.limit().shadow() ? new WouldDeny(0, Duration.ZERO, null) : new Denied(0, Duration.ZERO, null);
    }

    /** How a limit that is not counted always is. */
    static LimitDecision left(Limit uncounted) {
        return new Allowed(uncounted.isUnlimited() ? Limit.MAX_UNITS : 0, Duration.ZERO);
    }
}
