package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Answer;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletionStage;

/**
 * Decides whether a request may pass, by one or more limits, and charges what it admits.
 *
 * <p>What every implementation keeps, and {@code RateLimiterContract} checks:
 *
 * <ol>
 *   <li>Of any number of concurrent checks, a limit admits at most its burst at once, and at most its rate thereafter.
 *   <li>A denied check charges nothing, on any of its limits when the mode is {@link Mode#ALL}.
 *   <li>{@link LimitDecision.Denied#retryAfter} is honest: a moment earlier the same check is denied, from then on it is
 *       allowed if nobody else was admitted in between.
 *   <li>A cost of 0 reads without writing.
 *   <li>Tenants are apart: no tenant's check sees or changes another's limits.
 *   <li>The stage completes by the deadline, and never exceptionally.
 * </ol>
 */
public interface RateLimiter {

    /** Decides {@code check} for {@code tenant}. */
    CompletionStage<Answer<CheckDecision>> check(String tenant, Check check, Deadline deadline);
}
