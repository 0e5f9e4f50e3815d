// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Grants every claim and stores nothing, for tests of programs: their work runs each time. Does not fulfil the contract of {@link
 * ClaimStore}.
 */
public final class UnstoredClaims implements ClaimStore {

    @Override
    public CompletionStage<Decision<ClaimOutcome>> claim(String tenant, ClaimRequest request, Deadline deadline) {
        return Decision.local(new ClaimOutcome.Claimed(
                after(request.lease().micros()), after(request.lifetime().micros()), 1));
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Completion>>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline) {
        long micros = lifetime.map(Lifetime::micros).orElse(0L);
        return Decision.local(new Held<>(new Completion(after(0), after(micros), Fingerprint.NONE, true)));
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Boolean>>> release(String tenant, Claim claim, Deadline deadline) {
        return Decision.local(new Held<>(true));
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, Claim claim, ClaimLease length, Deadline deadline) {
        return Decision.local(new Held<>(after(length.micros())));
    }

    @Override
    public CompletionStage<Decision<Inspection>> inspect(String tenant, IdempotencyKey key, Deadline deadline) {
        return Decision.local(new Inspection.Absent());
    }

    @Override
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, IdempotencyKey key, Deadline deadline) {
        return Decision.local(false);
    }

    private static Instant after(long micros) {
        return MicroClock.instant(MicroClock.now() + micros);
    }
}
