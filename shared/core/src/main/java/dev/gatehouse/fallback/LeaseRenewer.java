// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Renews a lease while work runs, each time half of it has elapsed. Stops when the work or the invocation ends or the lease
 * is lost. Retries more often while Redis does not reply.
 */
public final class LeaseRenewer implements AutoCloseable {

    private final long leaseMillis;
    private final Deadline end;
    private final Supplier<CompletionStage<Decision<Boolean>>> renewal;
    private volatile boolean closed;
    private volatile CompletableFuture<@Nullable Void> pause = new CompletableFuture<>();

    /**
     * Schedules the first renewal.
     *
     * @param leaseMillis the length of the lease
     * @param end the end of the invocation, beyond which the lease is not renewed
     * @param renewal renews the lease; the result is false if it is lost. May run once more while the work ends
     */
    public LeaseRenewer(long leaseMillis, Deadline end, Supplier<CompletionStage<Decision<Boolean>>> renewal) {
        this.leaseMillis = leaseMillis;
        this.end = end;
        this.renewal = renewal;
        renewAfter(leaseMillis / 2);
    }

    /**
     * Runs work, and stops renewing when it ends. Returns the stage of the work; a failed one if the work throws.
     *
     * @param work returns a stage that completes when the work has ended
     */
    public <T> CompletionStage<T> during(Callable<? extends CompletionStage<T>> work) {
        CompletionStage<T> started;
        try {
            started = Objects.requireNonNull(work.call());
        } catch (Throwable failure) {
            started = CompletableFuture.failedStage(failure);
        }
        return started.whenComplete((_, _) -> close());
    }

    private void renewAfter(long millis) {
        if (!closed && end.remainingNanos() > TimeUnit.MILLISECONDS.toNanos(millis)) {
            var next = new CompletableFuture<@Nullable Void>();
            pause = next;
            var _ = next.completeOnTimeout(null, Math.max(1, millis), TimeUnit.MILLISECONDS)
                    .thenRun(this::renew);
            if (closed) {
                next.cancel(false);
            }
        }
    }

    private void renew() {
        if (!closed) {
            var _ = renewal.get().thenAccept(this::scheduleNext);
        }
    }

    private void scheduleNext(Decision<Boolean> decision) {
        switch (decision) {
            case Decided<Boolean>(var isHeld, var _) -> {
                if (isHeld) {
                    renewAfter(leaseMillis / 2);
                }
            }
            case Unavailable<Boolean> _ -> renewAfter(leaseMillis / 8);
        }
    }

    /** Stops renewing. The lease remains until it is completed, filled or released, or it ends. */
    @Override
    public void close() {
        closed = true;
        // Otherwise the timer would retain the objects of the work until the next renewal.
        pause.cancel(false);
    }
}
