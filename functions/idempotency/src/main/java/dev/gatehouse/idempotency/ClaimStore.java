// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.redis.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Claims work under a key, so that it is done once: one claimant does it, the others get its result.
 *
 * <pre>
 *            claim                                      complete
 * absent ──────────────▶ in flight(owner, lease, attempt) ──────────▶ completed(response)
 *   ▲                     │     │  ▲                                        │
 *   │                     │     └──┘ extend;                                │
 *   │                     │          any claim once the lease has           │
 *   │                     │          ended: a new owner, attempt + 1        │
 *   └─ release, expiry, invalidate ◀──────────── expiry, invalidate ────────┘
 * </pre>
 *
 * There are two clocks. The lease bounds how long a crashed worker blocks the key; the {@link Lifetime} bounds how long the
 * key is stored. The lifetime starts with the claim, restarts with the completion, and is never shorter than the lease.
 *
 * <p>The contract, verified by {@code ClaimsContract}:
 *
 * <ol>
 *   <li>Of any number of racing claims of a key exactly one is {@link ClaimOutcome.Claimed}. While its lease lives, only
 *       the same owner can repeat it, with the same outcome: a claim whose reply was lost can be repeated.
 *   <li>The fingerprint is compared first, also while the work is in flight.
 *   <li>If the clock has stepped back by more than the length of a lease or result, that begins again. So it lasts longer by
 *       its own length at most. An extension moves the end of the lease back with the clock.
 *   <li>A lease is live until its end, exclusive. A claim after it, also by the same owner, starts the next attempt.
 *   <li>Only the owner can complete, release or extend a claim. It can do so after the end of the lease too, until
 *       another claims the key. A former owner changes nothing, and its outcome is {@link OwnerOutcome.Lost}.
 *   <li>Every later claim gets the completed result, byte for byte, until it expires. It cannot be changed, released or
 *       extended. Completing again by the same owner changes nothing.
 *   <li>Extending never shortens a lease. Completing and releasing can be repeated with the same outcome, unless another
 *       has claimed the key in between.
 *   <li>Tenants, scopes and keys are separate.
 *   <li>Every stage completes by its deadline, and never exceptionally.
 * </ol>
 */
public interface ClaimStore {

    /** Claims the work. */
    CompletionStage<Decision<ClaimOutcome>> claim(String tenant, ClaimRequest request, Deadline deadline);

    /**
     * Claims each work by itself, in the order of the requests. So the first of two claims of a free key gets it.
     *
     * @return the decisions in the order of the requests
     */
    default List<CompletionStage<Decision<ClaimOutcome>>> claimAll(
            String tenant, List<ClaimRequest> requests, Deadline deadline) {
        return requests.stream()
                .map(request -> claim(tenant, request, deadline))
                .toList();
    }

    /**
     * Completes the claim with the result of the work.
     *
     * @param lifetime the time for which the result is stored; if empty, the lifetime of the claim
     */
    CompletionStage<Decision<OwnerOutcome<Completion>>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline);

    /**
     * Releases the claim, so that another can be made.
     *
     * @return false if the key was free already
     */
    CompletionStage<Decision<OwnerOutcome<Boolean>>> release(String tenant, Claim claim, Deadline deadline);

    /**
     * Extends the lease. Never shortens it.
     *
     * @param length the time that it lasts from now at least
     * @return the end of the lease, to the microsecond
     */
    CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, Claim claim, ClaimLease length, Deadline deadline);

    /** Returns the state of the key. */
    CompletionStage<Decision<Inspection>> inspect(String tenant, IdempotencyKey key, Deadline deadline);

    /**
     * Removes the key, regardless of its owner. The work may then run again.
     *
     * @return whether the key was stored
     */
    CompletionStage<Decision<Boolean>> invalidate(String tenant, IdempotencyKey key, Deadline deadline);
}
