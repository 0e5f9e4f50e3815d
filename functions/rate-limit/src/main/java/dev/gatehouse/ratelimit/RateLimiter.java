package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletionStage;

/**
 * Decides whether one or more limits admit a request, and charges the units that they admit.
 *
 * <p>All implementations guarantee the following, which {@code RateLimiterContract} checks:
 *
 * <ol>
 *   <li>A limit admits exactly the units that its {@link Algorithm} admits, for any number of concurrent checks.
 *   <li>A denied check charges nothing. In mode {@link Mode#ALL} this applies to all of its limits.
 *   <li>{@link LimitDecision.Denied#retryAfter} is exact. Earlier, the same check is denied. From then on it is
 *       allowed, unless another request was admitted in between.
 *   <li>A check that may wait is charged now, in turn, if it is admitted by then. Its {@link CheckDecision#waitTime} is exact
 *       in the same way, for a check that does not wait.
 *   <li>The first denial by a limit with {@link Limit#blockSeconds} locks the subject out for that time. Nothing extends it,
 *       and only a reset lifts it.
 *   <li>A cost of 0 reads without writing. It is allowed, even in debt, and denies no other charge.
 *   <li>A refund frees at most the units in use. A settlement beyond the limit is a debt, which delays later
 *       checks.
 *   <li>Tenants are isolated: no check reads or changes another tenant's limits.
 *   <li>The stages complete by the deadline, and never exceptionally.
 * </ol>
 *
 * <p>Only a reset may be repeated when Redis did not reply. Any other operation may have taken effect.
 */
public interface RateLimiter {

    /** Decides {@code check} for {@code tenant} and charges the admitted units. */
    CompletionStage<Decision<CheckDecision>> check(String tenant, Check check, Deadline deadline);

    /**
     * Refunds the costs of {@code charges}, for work that was not done. Ignores their mode.
     *
     * @return the state of each limit, all allowed
     */
    CompletionStage<Decision<CheckDecision>> refund(String tenant, Check charges, Deadline deadline);

    /**
     * Charges or refunds the difference between the reserved and the actual units.
     *
     * @return the state of the limit, allowed
     */
    CompletionStage<Decision<LimitDecision>> settle(String tenant, Settlement settlement, Deadline deadline);

    /**
     * Deletes the use of the limit {@code name} by {@code subject}. May be repeated.
     *
     * @return whether anything was used before
     */
    CompletionStage<Decision<Boolean>> reset(String tenant, String name, String subject, Deadline deadline);
}
