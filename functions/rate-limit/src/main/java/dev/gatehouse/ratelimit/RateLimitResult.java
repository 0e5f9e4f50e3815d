package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came of a check, in short.
 *
 * @param allowed whether it may pass
 * @param retryAfter when it would, if it may not; zero if it may, null if it never would
 * @param degraded whether this was decided without Redis
 * @param decision what was decided of each limit; null where Redis did not answer and the policy is to refuse
 */
public record RateLimitResult(
        boolean allowed,
        @Nullable Duration retryAfter,
        boolean degraded,
        @Nullable CheckDecision decision) {

    /** The answer to a check, in short. */
    public static RateLimitResult of(Decision<CheckDecision> answer) {
        return switch (answer) {
            case Decided<CheckDecision> decided -> {
                var decision = decided.decision();
                yield new RateLimitResult(decision.allowed(), decision.retryAfter(), decided.degraded(), decision);
            }
            case Unavailable<CheckDecision>(var retryAfter) -> new RateLimitResult(false, retryAfter, true, null);
        };
    }

    /** Units of the tightest limit that could be admitted now. */
    public long remaining() {
        return decision == null
                ? 0
                : decision.limits().stream()
                        .mapToLong(LimitDecision::remaining)
                        .min()
                        .orElse(0);
    }
}
