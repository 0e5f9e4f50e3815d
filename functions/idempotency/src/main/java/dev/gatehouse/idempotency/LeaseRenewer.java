package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.idempotency.ClaimExtension.Extended;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Renews a lease while the work runs, each time half of it has elapsed. Stops when the work or the invocation ends or
 * the claim is lost. Retries more often while Redis does not reply. A renewal in flight when the work ends does no
 * harm: a completed claim is not extended.
 */
final class LeaseRenewer implements AutoCloseable {

    private final Claims claims;
    private final String tenant;
    private final Claim claim;
    private final ClaimLease length;
    private final Duration budget;
    private final Deadline end;
    private volatile boolean closed;

    /**
     * Creates a renewer that is not started.
     *
     * @param length the length of each renewal
     * @param budget the time limit of each renewal
     * @param end the end of the invocation, beyond which the lease is not renewed
     */
    LeaseRenewer(Claims claims, String tenant, Claim claim, ClaimLease length, Duration budget, Deadline end) {
        this.claims = claims;
        this.tenant = tenant;
        this.claim = claim;
        this.length = length;
        this.budget = budget;
        this.end = end;
    }

    /** Schedules the first renewal. */
    LeaseRenewer start() {
        renewAfter(length.millis() / 2);
        return this;
    }

    private void renewAfter(long millis) {
        if (end.remainingNanos() <= TimeUnit.MILLISECONDS.toNanos(millis)) {
            return;
        }
        Executor later = CompletableFuture.delayedExecutor(Math.max(1, millis), TimeUnit.MILLISECONDS, Runnable::run);
        later.execute(this::renew);
    }

    private void renew() {
        if (closed) {
            return;
        }
        var bounded = length.atMost(end);
        var _ = claims.extend(tenant, claim, bounded, end.atMost(budget)).thenAccept(decision -> {
            if (!closed) {
                scheduleNext(decision);
            }
        });
    }

    private void scheduleNext(Decision<ClaimExtension> decision) {
        switch (decision) {
            case Decided<ClaimExtension>(var extension, var _) -> {
                if (extension instanceof Extended) {
                    renewAfter(length.millis() / 2);
                }
            }
            case Decision.Unavailable<ClaimExtension> _ -> renewAfter(length.millis() / 8);
        }
    }

    /** Stops renewing. The lease remains until the claim is completed or released, or it expires. */
    @Override
    public void close() {
        closed = true;
    }
}
