package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.idempotency.OwnerOutcome.Held;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Renews the lease of a claim while the work runs, each time half of it has elapsed. Stops when the work or the invocation
 * ends or the claim is lost. Retries more often while Redis does not reply. A renewal in flight when the work ends does no
 * harm: a completed claim is not extended.
 */
final class LeaseRenewer implements AutoCloseable {

    private final Claims claims;
    private final String tenant;
    private final ClaimRequest request;
    private final Duration budget;
    private final Deadline end;
    private volatile boolean closed;

    /**
     * Schedules the first renewal.
     *
     * @param budget the time limit of each renewal
     * @param end the end of the invocation, beyond which the lease is not renewed
     */
    LeaseRenewer(Claims claims, String tenant, ClaimRequest request, Duration budget, Deadline end) {
        this.claims = claims;
        this.tenant = tenant;
        this.request = request;
        this.budget = budget;
        this.end = end;
        renewAfter(request.lease().millis() / 2);
    }

    private void renewAfter(long millis) {
        if (!closed && end.remainingNanos() > TimeUnit.MILLISECONDS.toNanos(millis)) {
            CompletableFuture.delayedExecutor(Math.max(1, millis), TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(this::renew);
        }
    }

    private void renew() {
        if (!closed) {
            var _ = claims.extend(tenant, request.claim(), request.lease().atMost(end), end.atMost(budget))
                    .thenAccept(this::scheduleNext);
        }
    }

    private void scheduleNext(Decision<OwnerOutcome<Instant>> decision) {
        switch (decision) {
            case Decided<OwnerOutcome<Instant>>(var outcome, var _) -> {
                if (outcome instanceof Held) {
                    renewAfter(request.lease().millis() / 2);
                }
            }
            case Unavailable<OwnerOutcome<Instant>> _ ->
                renewAfter(request.lease().millis() / 8);
        }
    }

    /** Stops renewing. The lease remains until the claim is completed or released, or it expires. */
    @Override
    public void close() {
        closed = true;
    }
}
