// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.algorithm.LimitRecord;
import dev.gatehouse.redis.Deadline;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Decides whether one or more limits admit a request, and charges the units that they admit.
 *
 * <p>All implementations guarantee the following, which {@code RateLimiterContract} checks:
 *
 * <ol>
 *   <li>A limit admits exactly the units that its {@link dev.gatehouse.ratelimit.algorithm.Algorithm} admits, for any number of
 *       concurrent checks.
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
 *   <li>A check with a {@link Check.Hold} that was allowed holds what it charged until it is settled or ends. Until ten minutes
 *       after that, a check with the same id charges nothing and repeats the decision of each limit that is held; a repeated
 *       settlement repeats its result. A hold that returns its units at its end, or is settled by fewer, returns what is still
 *       in use of its own charge, so that no limit admits more for it. A changed limit or a clock that went back by more than
 *       a window returns nothing. A hold begins again if the clock goes back by more than its length.
 *   <li>A limit and subject have at most {@link LimitRecord#MAX_HOLDS} open holds. Another is denied until one ends or is
 *       settled.
 *   <li>Tenants are isolated: no check reads or changes another tenant's limits.
 *   <li>The stages complete by the deadline, and never exceptionally.
 * </ol>
 *
 * <p>When Redis did not reply, only a reset, a check with a hold and the settlement of a hold may be repeated. Any other
 * operation may have taken effect.
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
     * Settles a hold: charges the units beyond those held, or returns the rest. May be repeated.
     *
     * @return the state of the limit, allowed; empty if the hold has ended or is unknown, with nothing changed. A limit in
     *     shadow has a state in any case, because it may have held nothing
     */
    CompletionStage<Decision<Optional<LimitDecision>>> settleHold(
            String tenant, Settlement.OfHold settlement, Deadline deadline);

    /**
     * Deletes the use of the limit {@code name} by {@code subject} and ends its holds. May be repeated.
     *
     * @return whether anything was used before
     */
    CompletionStage<Decision<Boolean>> reset(String tenant, String name, String subject, Deadline deadline);
}
