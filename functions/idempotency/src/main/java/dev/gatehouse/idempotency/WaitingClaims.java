// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * Claims work that may be in flight. Waits for its result, or for the claim if the owner releases it or its lease ends. If a
 * tenant has too many waiters, the outcome is {@code InFlight} at once.
 */
public final class WaitingClaims {

    private final ClaimStore claims;
    private final Duration budget;
    private final DecisionWaiters<ClaimOutcome> waiters;

    /**
     * The presence of a caller that claims work.
     *
     * @param cancellation ends the wait when it completes
     * @param undeliverable completes when the response cannot be delivered, and so not the owner of the claim
     */
    public record Claimant(CompletableFuture<Void> cancellation, CompletableFuture<Void> undeliverable) {

        /** Returns a claimant that stays until it has the outcome. */
        public static Claimant present() {
            return new Claimant(new CompletableFuture<>(), new CompletableFuture<>());
        }
    }

    /**
     * Creates claims with waiting.
     *
     * @param maxWaiters the bound on the waiters of a tenant; 0 for no waiting
     * @param budget the time limit of each claim
     */
    public WaitingClaims(ClaimStore claims, int maxWaiters, Duration budget) {
        this.claims = claims;
        this.budget = budget;
        this.waiters = new DecisionWaiters<>(
                maxWaiters,
                outcome ->
                        outcome instanceof InFlight inFlight ? Optional.of(inFlight.retryAfter()) : Optional.empty());
    }

    /**
     * Claims as {@link ClaimStore#claim} does, and waits up to {@code wait}, but not beyond the deadline. The wait ends at
     * once when it is cancelled. A claim whose owner cannot be delivered is released.
     */
    public CompletionStage<Decision<ClaimOutcome>> claim(
            String tenant, ClaimRequest request, Claimant claimant, Duration wait, Deadline deadline) {
        var until = deadline.atMost(wait);
        return claim(tenant, request, claimant, deadline)
                .thenCompose(first -> waiters.await(
                        tenant,
                        request.claim().key().redisKey(tenant),
                        first,
                        () -> claim(tenant, request, claimant, deadline),
                        claimant.cancellation(),
                        until,
                        deadline));
    }

    /** Makes the waiters of {@code key} in this process poll at once. */
    public void wake(String tenant, IdempotencyKey key) {
        waiters.wake(key.redisKey(tenant));
    }

    /** Returns the number of waiters of {@code tenant}. */
    int waiting(String tenant) {
        return waiters.waiting(tenant);
    }

    /**
     * Claims as {@link ClaimStore#claimAll} does, without waiting. A claim whose owner cannot be delivered is released.
     *
     * @param claimants the claimant of each request
     */
    public List<CompletionStage<Decision<ClaimOutcome>>> claimAll(
            String tenant, List<ClaimRequest> requests, List<Claimant> claimants, Deadline deadline) {
        var decisions = claims.claimAll(tenant, requests, deadline.atMost(budget));
        return IntStream.range(0, requests.size())
                .mapToObj(i -> releasedUnlessDelivered(tenant, requests.get(i), claimants.get(i), decisions.get(i)))
                .toList();
    }

    private CompletionStage<Decision<ClaimOutcome>> claim(
            String tenant, ClaimRequest request, Claimant claimant, Deadline deadline) {
        return releasedUnlessDelivered(
                tenant, request, claimant, claims.claim(tenant, request, deadline.atMost(budget)));
    }

    private CompletionStage<Decision<ClaimOutcome>> releasedUnlessDelivered(
            String tenant, ClaimRequest request, Claimant claimant, CompletionStage<Decision<ClaimOutcome>> claim) {
        return claim.thenApply(decision -> decision.ifDecided(outcome -> {
            if (outcome instanceof Claimed) {
                var _ = claimant.undeliverable().thenRun(() -> release(tenant, request.claim()));
            }
        }));
    }

    private void release(String tenant, Claim claim) {
        var _ = claims.release(tenant, claim, Deadline.in(budget)).thenRun(() -> wake(tenant, claim.key()));
    }
}
