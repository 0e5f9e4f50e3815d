// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The summary of a check.
 *
 * @param allowed whether the request may pass
 * @param retryAfter time until it may pass; zero if it may, null if it never will
 * @param degraded whether the check was decided without Redis
 * @param decision the decision of each limit; null if Redis was unavailable and the policy is to deny
 */
public record RateLimitResult(
        boolean allowed,
        @Nullable Duration retryAfter,
        boolean degraded,
        @Nullable CheckDecision decision) {

    /** Returns the summary of a decision. */
    public static RateLimitResult of(Decision<CheckDecision> result) {
        return switch (result) {
            case Decided<CheckDecision> decided -> {
                var decision = decided.value();
                yield new RateLimitResult(decision.allowed(), decision.retryAfter(), decided.degraded(), decision);
            }
            case Unavailable<CheckDecision>(var retryAfter) -> new RateLimitResult(false, retryAfter, true, null);
        };
    }

    /** Returns the time that an allowed request must wait before it passes; zero if it need not. See {@link Check#maxWait}. */
    public Duration waitTime() {
        return decision == null ? Duration.ZERO : decision.waitTime();
    }

    /** Returns whether the subject of a limit that denied is locked out of it. See {@link Limit#blockSeconds}. */
    public boolean blocked() {
        return decision != null
                && decision.limits().stream().anyMatch(limit -> limit instanceof Denied denied && denied.blocked());
    }

    /** Returns the units that the tightest limit would admit now; 0 without a decision. */
    public long remaining() {
        return decision == null
                ? 0
                : decision.limits().stream()
                        .mapToLong(LimitDecision::remaining)
                        .min()
                        .orElse(0);
    }
}
