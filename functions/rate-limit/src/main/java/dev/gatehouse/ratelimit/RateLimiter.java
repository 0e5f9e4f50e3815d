package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletionStage;

/**
 * Decides whether a request may pass, by one or more limits, and charges what it admits.
 *
 * <p>What every implementation keeps, and {@code RateLimiterContract} checks:
 *
 * <ol>
 *   <li>Of any number of concurrent checks, a limit admits what its {@link Algorithm} admits, and not one unit more.
 *   <li>A denied check charges nothing, on any of its limits when the mode is {@link Mode#ALL}.
 *   <li>{@link LimitDecision.Denied#retryAfter} is honest: a moment earlier the same check is denied, from then on it is
 *       allowed if nobody else was admitted in between.
 *   <li>A cost of 0 reads without writing.
 *   <li>A refund gives back at most what is used. What a settlement charges beyond the limit is a debt, which later checks
 *       wait off.
 *   <li>Tenants are apart: no tenant's check sees or changes another's limits.
 *   <li>The stages complete by the deadline, and never exceptionally.
 * </ol>
 *
 * <p>No operation may be repeated when it got no answer, except a reset: it may have been done.
 */
public interface RateLimiter {

    /** Decides {@code check} for {@code tenant}. */
    CompletionStage<Decision<CheckDecision>> check(String tenant, Check check, Deadline deadline);

    /**
     * Gives back the costs of {@code charges}, for work that was not done after all; its mode does not matter.
     *
     * @return how each limit is left, all allowed
     */
    CompletionStage<Decision<CheckDecision>> refund(String tenant, Check charges, Deadline deadline);

    /**
     * Charges or gives back the difference between what was reserved and what was needed.
     *
     * @return how the limit is left, allowed
     */
    CompletionStage<Decision<LimitDecision>> settle(String tenant, Settlement settlement, Deadline deadline);

    /** Forgets all that {@code subject} has used of the limit named {@code name}. May be repeated. */
    CompletionStage<Decision<WasReset>> reset(String tenant, String name, String subject, Deadline deadline);

    /**
     * The outcome of a reset.
     *
     * @param used whether anything was used before
     */
    record WasReset(boolean used) {}
}
