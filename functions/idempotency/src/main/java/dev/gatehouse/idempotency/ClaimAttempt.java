// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.LeaseRenewer;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.idempotency.Execution.Done;
import dev.gatehouse.idempotency.Execution.Released;
import dev.gatehouse.idempotency.Execution.Replayed;
import dev.gatehouse.idempotency.Execution.Undecided;
import dev.gatehouse.idempotency.Execution.Unrecorded;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to claim work. If the claim was granted, renews its lease until the work has run or the claim is released. Claims
 * again before the work if the lease was lost meanwhile. Not thread-safe.
 */
public final class ClaimAttempt {

    private final ClaimStore claims;
    private final Duration budget;
    private final Set<Integer> storedStatuses;
    private final String tenant;
    private final ClaimRequest request;
    private final Deadline end;

    /** The reason why the work must not run; null if the claim was granted. */
    private @Nullable Execution refusal;

    /** Null once the claim is used, or if it was not granted. */
    private @Nullable LeaseRenewer renewer;

    /** The end of the lease as far as this process can tell. In the past if another owner was found. */
    private volatile Deadline leaseEnd;

    /** @param claimedAt a time before the claim was sent */
    ClaimAttempt(
            ClaimStore claims,
            Duration budget,
            Set<Integer> storedStatuses,
            String tenant,
            ClaimRequest request,
            Decision<ClaimOutcome> decision,
            Deadline claimedAt,
            Deadline end) {
        this.claims = claims;
        this.budget = budget;
        this.storedStatuses = storedStatuses;
        this.tenant = tenant;
        this.request = request;
        this.end = end;
        this.leaseEnd = endOf(request.lease(), claimedAt);
        this.refusal = refusal(decision);
        this.renewer = refusal == null ? renewing() : null;
    }

    private LeaseRenewer renewing() {
        return new LeaseRenewer(request.lease().millis(), end, this::extend);
    }

    private static Deadline endOf(ClaimLease lease, Deadline begin) {
        return new Deadline(begin.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lease.millis()));
    }

    private static @Nullable Execution refusal(Decision<ClaimOutcome> decision) {
        return switch (decision) {
            case Decided<ClaimOutcome>(var outcome, var source) ->
                switch (outcome) {
                    case Claimed _ -> null;
                    case Completed completed ->
                        new Replayed(completed.response(), completed.completedAt(), source == Source.LOCAL);
                    case InFlight inFlight -> new Execution.InFlight(inFlight);
                    case KeyReused _ -> new Execution.KeyReused();
                };
            case Unavailable<ClaimOutcome>(var retryAfter) -> new Undecided(retryAfter);
        };
    }

    private CompletionStage<Decision<Boolean>> extend() {
        var now = Deadline.in(Duration.ZERO);
        var lease = request.lease().atMost(end);
        return claims.extend(tenant, request.claim(), lease, end.atMost(budget))
                .thenApply(decision -> decision.map(outcome -> {
                    boolean isHeld = outcome instanceof Held;
                    leaseEnd = isHeld ? endOf(lease, now) : now;
                    return isHeld;
                }));
    }

    /** Claims again if the lease may have ended while the work waited, since another may have done it. */
    private void claimAgainIfLost() {
        if (renewer != null && leaseEnd.isSpent()) {
            use().close();
            var lease = request.lease().atMost(end);
            leaseEnd = endOf(lease, Deadline.in(Duration.ZERO));
            refusal = refusal(join(claims.claim(tenant, request.within(end), end.atMost(budget))));
            renewer = refusal == null ? renewing() : null;
        }
    }

    public IdempotencyKey key() {
        return request.claim().key();
    }

    /** Returns the outcome of work that must not run here; empty if the claim was granted. */
    public Optional<Execution> refusal() {
        return Optional.ofNullable(refusal);
    }

    /**
     * Runs the work on the calling thread if the claim was granted.
     *
     * @throws Exception if the work fails, after the claim was released
     * @throws IllegalStateException if the claim has been used or released
     */
    public Execution call(Callable<Response> work) throws Exception {
        claimAgainIfLost();
        if (refusal != null) {
            return refusal;
        }
        Response response;
        try (var _ = use()) {
            response = work.call();
        } catch (Throwable failure) {
            join(releaseClaim());
            throw failure;
        }
        return join(finish(response));
    }

    /** Runs the work if the claim was granted. The stage fails if the work does, after the claim was released. */
    CompletionStage<Execution> run(Supplier<CompletionStage<Response>> work) {
        if (refusal != null) {
            return CompletableFuture.completedStage(refusal);
        }
        return use().during(work::get)
                .handle((response, failure) -> failure == null
                        ? finish(response)
                        : releaseClaim().thenCompose(_ -> CompletableFuture.<Execution>failedStage(failure)))
                .thenCompose(execution -> execution);
    }

    /** Releases a granted claim whose work has not run. Otherwise without effect. The stage never fails. */
    public CompletionStage<?> release() {
        if (renewer == null) {
            return CompletableFuture.completedStage(false);
        }
        use().close();
        return releaseClaim();
    }

    private LeaseRenewer use() {
        var used = renewer;
        if (used == null) {
            throw new IllegalStateException("the claim has been used or released");
        }
        renewer = null;
        return used;
    }

    private CompletionStage<Execution> finish(Response response) {
        return response.isTransient() && !storedStatuses.contains(response.status())
                ? releaseClaim().thenApply(_ -> new Released(response))
                : complete(response);
    }

    private CompletionStage<Execution> complete(Response response) {
        return claims.complete(tenant, request.claim(), response, Optional.empty(), end.atMost(budget))
                .thenApply(decision -> switch (decision) {
                    case Decided<OwnerOutcome<Completion>>(Held<Completion> _, var source) ->
                        new Done(response, source == Source.LOCAL);
                    case Decided<OwnerOutcome<Completion>>(Lost<Completion> _, var _) -> new Unrecorded(response, true);
                    case Unavailable<OwnerOutcome<Completion>> _ -> new Unrecorded(response, false);
                });
    }

    private CompletionStage<?> releaseClaim() {
        return claims.release(tenant, request.claim(), end.atMost(budget));
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
