package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Answer;
import dev.gatehouse.fallback.Answer.Decided;
import dev.gatehouse.fallback.Answer.Unavailable;
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
public record Verdict(
        boolean allowed,
        @Nullable Duration retryAfter,
        boolean degraded,
        @Nullable CheckDecision decision) {

    /** The answer to a check, in short. */
    public static Verdict of(Answer<CheckDecision> answer) {
        return switch (answer) {
            case Decided<CheckDecision> decided -> {
                var decision = decided.decision();
                yield new Verdict(decision.allowed(), decision.retryAfter(), decided.degraded(), decision);
            }
            case Unavailable<CheckDecision>(var retryAfter) -> new Verdict(false, retryAfter, true, null);
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
