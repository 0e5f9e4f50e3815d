package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Has work be done once for a key: one claimant does it, and the others are told its result.
 *
 * <pre>
 *            claim                                      complete
 * absent ──────────────▶ in flight(owner, lease, attempt) ──────────▶ completed(response)
 *   ▲                     │     │  ▲                                        │
 *   │                     │     └──┘ extend;                                │
 *   │                     │          claim by anybody once the lease has    │
 *   │                     │          ended: a new owner, attempt + 1        │
 *   └─ release, expiry, invalidate ◀──────────── expiry, invalidate ────────┘
 * </pre>
 *
 * There are two clocks: the lease, by whose end a worker that crashed makes way, and the {@link Lifetime} after which the
 * key is forgotten. The lifetime begins with the claim and anew with the completion, and lasts as long as the lease.
 *
 * <p>What every implementation keeps, and {@code ClaimsContract} checks:
 *
 * <ol>
 *   <li>Of any number of claims on a key exactly one is {@link ClaimOutcome.Claimed}, and then none while its lease
 *       lives but the same owner's again, which is told the same claim. So a claim whose answer was lost is asked again.
 *   <li>The fingerprint is compared before anything else: also work in flight is not told to who reuses its key.
 *   <li>A lease is live until its end and not a moment longer. Whoever claims then, its owner included, begins the next
 *       attempt.
 *   <li>Only the owner can complete, release or extend, and only while the claim is its own. It remains so after the
 *       end of the lease, until another takes it. A stale owner changes nothing and is told that it has lost.
 *   <li>A completed result is what every later claim is told, byte for byte, until it expires. Nobody can change,
 *       release or extend it; its owner may complete again, which changes nothing.
 *   <li>Extending never shortens. Completing and releasing again give the answer that the first time gave, unless
 *       another has claimed the key in between. So each may be asked again when its answer was lost.
 *   <li>Tenants, scopes and keys are apart.
 *   <li>The stage completes by the deadline, and never exceptionally.
 * </ol>
 */
public interface Claims {

    /** Asks for the work. */
    CompletionStage<Decision<ClaimOutcome>> claim(String tenant, ClaimRequest request, Deadline deadline);

    /**
     * Has the result of the work kept.
     *
     * @param lifetime empty: as it was claimed with
     */
    CompletionStage<Decision<Completion>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline);

    /** Gives the work back undone. */
    CompletionStage<Decision<Release>> release(String tenant, Claim claim, Deadline deadline);

    /** Has the lease last at least so long from now. */
    CompletionStage<Decision<Extension>> extend(String tenant, Claim claim, LeaseLength length, Deadline deadline);

    /** Tells what is known of the key, and changes nothing. */
    CompletionStage<Decision<Inspection>> inspect(String tenant, IdempotencyKey key, Deadline deadline);

    /** Forgets the key, whoever has claimed it: the work may be done anew. */
    CompletionStage<Decision<Invalidated>> invalidate(String tenant, IdempotencyKey key, Deadline deadline);
}
