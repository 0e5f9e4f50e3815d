package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.idempotency.Extension.Extended;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A lease that is extended while work runs under it: when half of it is over, and again half-way through what it was
 * extended by, until the work or the invocation ends, or the claim is lost. While Redis does not answer it is asked more
 * often. What is on its way when the work ends does no harm: a completed claim is not extended.
 */
final class LeaseRenewer implements AutoCloseable {

    private final Claims claims;
    private final String tenant;
    private final Claim claim;
    private final LeaseLength length;
    private final Duration budget;
    private final Deadline end;
    private volatile boolean over;

    /**
     * @param length what it is extended by
     * @param budget for each extension
     * @param end it is not extended beyond
     */
    LeaseRenewer(Claims claims, String tenant, Claim claim, LeaseLength length, Duration budget, Deadline end) {
        this.claims = claims;
        this.tenant = tenant;
        this.claim = claim;
        this.length = length;
        this.budget = budget;
        this.end = end;
    }

    /** Begins to hold it. */
    LeaseRenewer hold() {
        extendAfter(length.millis() / 2);
        return this;
    }

    private void extendAfter(long millis) {
        if (end.remainingNanos() <= TimeUnit.MILLISECONDS.toNanos(millis)) {
            return;
        }
        Executor later = CompletableFuture.delayedExecutor(Math.max(1, millis), TimeUnit.MILLISECONDS, Runnable::run);
        later.execute(this::extend);
    }

    private void extend() {
        if (over) {
            return;
        }
        var most = length.atMost(end);
        var _ = claims.extend(tenant, claim, most, end.atMost(budget)).thenAccept(answer -> {
            if (!over) {
                goOn(answer);
            }
        });
    }

    private void goOn(Decision<Extension> answer) {
        switch (answer) {
            case Decided<Extension>(var extension, var _) -> {
                if (extension instanceof Extended) {
                    extendAfter(length.millis() / 2);
                }
            }
            case Decision.Unavailable<Extension> _ -> extendAfter(length.millis() / 8);
        }
    }

    /** Ends the holding: the lease is left to be completed, released, or to end. */
    @Override
    public void close() {
        over = true;
    }
}
