// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.CachedResult.Loaded;
import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.LeaseRenewer;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A load under a lease, which is extended while the load runs. Then the value is filled in, or the lease is released.
 *
 * @param budget the time limit of each step
 * @param end the end of the invocation, which no step and no lease exceeds
 * @param stale the value to return if the load fails
 */
record LeasedLoad<T>(
        WaitingCache cache,
        Duration budget,
        String tenant,
        CachedRequest<T> request,
        Deadline end,
        LoadOwner owner,
        Optional<CachedResult<T>> stale) {

    /** @param write empty if there is no value or it is too large */
    private record Output<T>(Optional<T> value, Optional<CacheWrite> write) {}

    /** Loads. The stage completes exceptionally only if the load fails and there is no stale value. */
    CompletionStage<CachedResult<T>> run(Callable<CompletionStage<T>> load) {
        return renewer()
                .during(load)
                .thenApply(value -> encoded(Optional.ofNullable(value)))
                .handle((output, failure) -> failure == null ? loaded(output) : failed(failure))
                .thenCompose(Function.identity());
    }

    private LeaseRenewer renewer() {
        return new LeaseRenewer(request.leaseMillis(), end, () -> cache.extend(
                        tenant,
                        request.key(),
                        owner,
                        request.lookup().within(end).leaseMillis(),
                        end.atMost(budget))
                .thenApply(decision -> decision.map(Optional::isPresent)));
    }

    private Output<T> encoded(Optional<T> value) {
        return new Output<>(value, value.flatMap(request::write));
    }

    private CompletionStage<CachedResult<T>> loaded(Output<T> output) {
        if (output.value.isEmpty() && stale.isPresent()) {
            // There is no value any more, also no stale one.
            return cache.invalidate(tenant, Invalidation.of(request.key()), end.atMost(budget))
                    .thenApply(_ -> new Loaded<>(output.value, false));
        }
        return output.write
                .map(this::fill)
                .orElseGet(() -> release(0).thenApply(_ -> false))
                .thenApply(stored -> new Loaded<>(output.value, stored));
    }

    private CompletionStage<CachedResult<T>> failed(Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean returnsStale = cause instanceof Exception && !(cause instanceof InterruptedException);
        return release(request.holdMillis()).thenCompose(_ -> stale.filter(_ -> returnsStale)
                .map(CompletableFuture::completedStage)
                .orElseGet(() -> CompletableFuture.failedStage(failure)));
    }

    private CompletionStage<Boolean> fill(CacheWrite write) {
        return cache.fill(tenant, write, owner, end.atMost(budget))
                .thenApply(decision -> decision instanceof Decided<FillOutcome>(Filled _, var _));
    }

    private CompletionStage<Decision<Boolean>> release(long holdMillis) {
        return cache.release(tenant, request.key(), owner, holdMillis, end.atMost(budget));
    }
}
