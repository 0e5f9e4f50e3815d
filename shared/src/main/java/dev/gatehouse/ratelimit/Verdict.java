package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Answer;
import dev.gatehouse.fallback.Answer.Decided;
import dev.gatehouse.fallback.Answer.Unavailable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a check, in short.
 *
 * @param allowed whether it may pass
 * @param retryAfter when it would, if it may not; zero if it may, null if it never would
 * @param degraded whether this was decided without Redis
 * @param limits one for each limit of the check; none where Redis did not answer and the policy is to refuse
 */
public record Verdict(boolean allowed, @Nullable Duration retryAfter, boolean degraded, List<LimitDecision> limits) {

    public Verdict {
        limits = List.copyOf(limits);
    }

    static Verdict of(Answer<CheckDecision> answer) {
        return switch (answer) {
            case Decided<CheckDecision> decided -> {
                var decision = decided.decision();
                yield new Verdict(decision.allowed(), decision.retryAfter(), decided.degraded(), decision.limits());
            }
            case Unavailable<CheckDecision>(var retryAfter) -> new Verdict(false, retryAfter, true, List.of());
        };
    }

    /** Units of the tightest limit that could be admitted now. */
    public long remaining() {
        return limits.stream().mapToLong(LimitDecision::remaining).min().orElse(0);
    }
}
