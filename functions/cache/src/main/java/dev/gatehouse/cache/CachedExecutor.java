package dev.gatehouse.cache;

import dev.gatehouse.cache.CachedResult.Loaded;
import dev.gatehouse.cache.CachedResult.Loading;
import dev.gatehouse.cache.CachedResult.Undecided;
import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.LookupOutcome.LoadState;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.WaitingCache.LookupCaller;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets values from the cache and loads those that are missing or stale. Of all callers in all processes one loads, under a
 * lease, and the others wait or get the stale value.
 *
 * <p>A caller with the lease of a stale or soon stale value loads before it returns, because a function on Lambda is frozen
 * afterwards; {@link #refreshingOn} lets a server return the cached value at once. If the load fails, the caller gets the
 * cached value, or the exception if there is none. No caller gets the exception of another: it loads itself.
 *
 * {@snippet :
 * var cached = CachedExecutor.fromEnvironment();
 * var request = CachedRequest.of(CacheKey.of(Optional.of("products"), id), productCodec, 60).withStale(300);
 * var product = cached.call("my-app", request, endOfInvocation, () -> products.find(id)).value();
 * }
 */
public final class CachedExecutor implements AutoCloseable {

    private final CacheStore cache;
    private final WaitingCache waiting;
    private final Duration budget;
    private final Optional<Executor> refresher;
    private final Runnable onClose;

    /** The step that follows a lookup. */
    private sealed interface Step<T> {

        record Finished<T>(CachedResult<T> result) implements Step<T> {}

        /** @param fallback the value to return if the load fails */
        record Load<T>(LoadOwner owner, Optional<CachedResult<T>> fallback) implements Step<T> {}

        record LoadUnshared<T>() implements Step<T> {}
    }

    /** @param write empty if there is no value or it is too large */
    private record Output<T>(Optional<T> value, Optional<CacheWrite> write) {}

    private record Call<T>(String tenant, CachedRequest<T> request, Deadline end) {

        Optional<Step<T>> step(LookupOutcome outcome, Source source) {
            var found = request.found(outcome, source);
            return switch (outcome.load()) {
                case Leased(var owner, var _) -> Optional.of(new Step.Load<>(owner, found));
                case LoadState.Loading(var _, var retryAfter)
                when outcome instanceof Missing -> Optional.of(unleased(new Loading<>(retryAfter)));
                case LoadState.Loading _, LoadState.Idle _ -> found.map(Step.Finished::new);
            };
        }

        Output<T> encode(Optional<T> value) {
            return new Output<>(value, value.flatMap(request::write));
        }

        Step<T> unleased(CachedResult<T> otherwise) {
            return request.unshared() ? new Step.LoadUnshared<>() : new Step.Finished<>(otherwise);
        }
    }

    /**
     * Creates an executor.
     *
     * @param budget the time limit of each step: a lookup, the fill, the release
     */
    public CachedExecutor(CacheStore cache, Duration budget) {
        this(cache, budget, Optional.empty(), () -> {});
    }

    private CachedExecutor(CacheStore cache, Duration budget, Optional<Executor> refresher, Runnable onClose) {
        this.cache = cache;
        this.waiting = new WaitingCache(cache, DecisionWaiters.DEFAULT_MAX_WAITERS, budget);
        this.budget = budget;
        this.refresher = refresher;
        this.onClose = onClose;
    }

    /**
     * Opens an executor, as by {@link #over}, on the Redis that the environment configures by {@code REDIS_URL}.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if a setting is invalid
     */
    public static CachedExecutor fromEnvironment() {
        var link = RedisLink.fromEnvironment();
        return over(link, new Outage(link), link::close);
    }

    /**
     * Creates an executor on {@code link}. Without a reply of Redis this process caches for itself, see {@link GuardedCache}.
     *
     * @param outage the only outage tracker of the link
     */
    public static CachedExecutor over(RedisLink link, Outage outage) {
        return over(link, outage, () -> {});
    }

    private static CachedExecutor over(RedisLink link, Outage outage, Runnable onClose) {
        var cache = GuardedCache.over(link, outage, FallbackPolicy.LOCAL);
        return new CachedExecutor(cache, link.settings().decisionBudget(), Optional.empty(), onClose);
    }

    /** Returns an executor that returns cached values at once and loads on {@code executor}, which must not reject tasks. */
    public CachedExecutor refreshingOn(Executor executor) {
        return new CachedExecutor(cache, budget, Optional.of(executor), onClose);
    }

    /**
     * Gets a value. The stage completes exceptionally only if the load fails, or its value has no JSON form, and there is
     * no stale value.
     *
     * @param end the end of the invocation, which no step, wait or lease exceeds
     * @param load started on the thread of the connection, which it must not block, or on that of {@link #refreshingOn};
     *     null for no value
     */
    public <T> CompletionStage<CachedResult<T>> run(
            String tenant, CachedRequest<T> request, Deadline end, Supplier<CompletionStage<T>> load) {
        var call = new Call<>(tenant, request, end);
        return begin(call).thenCompose(step -> switch (step) {
            case Step.Finished<T>(var result) -> CompletableFuture.completedStage(result);
            case Step.LoadUnshared<T> _ ->
                start(load::get).thenApply(value -> new Loaded<>(Optional.ofNullable(value), false));
            case Step.Load<T> leased -> load(call, leased, load::get);
        });
    }

    /**
     * Gets a value like {@link #run}, with a load on the calling thread.
     *
     * @param load returns null for no value
     * @throws Exception if the load fails and there is no stale value
     */
    public <T> CachedResult<T> call(String tenant, CachedRequest<T> request, Deadline end, Callable<@Nullable T> load)
            throws Exception {
        var call = new Call<>(tenant, request, end);
        return switch (join(begin(call))) {
            case Step.Finished<T>(var result) -> result;
            case Step.LoadUnshared<T> _ -> new Loaded<>(Optional.ofNullable(load.call()), false);
            case Step.Load<T> leased -> join(load(call, leased, () -> CompletableFuture.completedStage(load.call())));
        };
    }

    /** Stores a value that has changed, without a lease. It voids the load in progress. */
    public <T> CompletionStage<Decision<Boolean>> put(
            String tenant, CachedRequest<T> request, T value, Deadline deadline) {
        // A value that is too large is not stored, but its predecessor must not be returned any more.
        return request.write(value)
                .map(write -> cache.put(tenant, write, deadline)
                        .whenComplete((_, _) -> waiting.wake(tenant, write.key()))
                        .thenApply(decision -> decision.map(_ -> true)))
                .orElseGet(() -> invalidate(tenant, Invalidation.of(request.key()), deadline));
    }

    /** Invalidates values, and loads in progress. The result is true. */
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, Invalidation invalidation, Deadline deadline) {
        return cache.invalidate(tenant, invalidation, deadline)
                .whenComplete((_, _) -> invalidation.keys().forEach(key -> waiting.wake(tenant, key)));
    }

    /** Returns the cached value and never loads. */
    public <T> CompletionStage<Optional<T>> find(String tenant, CachedRequest<T> request, Deadline deadline) {
        var lookup = new CacheLookup(request.key(), LoadOwner.random(), 0);
        return cache.lookup(tenant, lookup, deadline.atMost(budget))
                .thenApply(decision -> decision instanceof Decided<LookupOutcome>(var outcome, var source)
                        ? request.found(outcome, source).flatMap(CachedResult::value)
                        : Optional.empty());
    }

    private <T> CompletionStage<Step<T>> begin(Call<T> call) {
        return lookup(call)
                .thenCompose(step -> step.map(CompletableFuture::completedStage).orElseGet(() -> invalidate(call)
                        .thenCompose(_ -> lookup(call))
                        .thenApply(again -> again.orElseGet(() -> call.unleased(new Loading<>(Duration.ZERO))))));
    }

    /** Looks up and waits. The result is empty if the value cannot be decoded and there is no lease to replace it. */
    private <T> CompletionStage<Optional<Step<T>>> lookup(Call<T> call) {
        var lookups = List.of(call.request.lookup(call.end));
        var wait = Duration.ofMillis(call.request.waitMillis());
        return waiting.lookup(call.tenant, lookups, LookupCaller.present(), wait, call.end)
                .getFirst()
                .thenApply(decision -> switch (decision) {
                    case Decided<LookupOutcome>(var outcome, var source) -> call.step(outcome, source);
                    case Unavailable<LookupOutcome>(var retryAfter) ->
                        Optional.of(call.unleased(new Undecided<>(retryAfter)));
                });
    }

    /** Loads before it returns; with a refresher, returns the cached value at once. */
    private <T> CompletionStage<CachedResult<T>> load(
            Call<T> call, Step.Load<T> step, Callable<CompletionStage<T>> load) {
        if (refresher.isPresent() && step.fallback.isPresent()) {
            refresher.get().execute(() -> {
                var _ = loadNow(call, step, load);
            });
            return CompletableFuture.completedStage(step.fallback.get());
        }
        return loadNow(call, step, load);
    }

    private <T> CompletionStage<CachedResult<T>> loadNow(
            Call<T> call, Step.Load<T> step, Callable<CompletionStage<T>> load) {
        return start(load)
                .thenApply(value -> call.encode(Optional.ofNullable(value)))
                .handle((output, failure) -> failure == null ? loaded(call, step, output) : failed(call, step, failure))
                .thenCompose(Function.identity());
    }

    private <T> CompletionStage<CachedResult<T>> loaded(Call<T> call, Step.Load<T> step, Output<T> output) {
        if (output.value.isEmpty() && step.fallback.isPresent()) {
            // There is no value any more, also no stale one.
            return invalidate(call).thenApply(_ -> new Loaded<>(output.value, false));
        }
        return output.write
                .map(write -> fill(call, step.owner, write))
                .orElseGet(() -> release(call, step, 0).thenApply(_ -> false))
                .thenApply(stored -> new Loaded<>(output.value, stored));
    }

    private <T> CompletionStage<CachedResult<T>> failed(Call<T> call, Step.Load<T> step, Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean returnsStale = cause instanceof Exception && !(cause instanceof InterruptedException);
        return release(call, step, call.request.holdMillis()).thenCompose(_ -> step.fallback
                .filter(_ -> returnsStale)
                .map(CompletableFuture::completedStage)
                .orElseGet(() -> CompletableFuture.failedStage(failure)));
    }

    private CompletionStage<Boolean> fill(Call<?> call, LoadOwner owner, CacheWrite write) {
        return cache.fill(call.tenant, write, owner, call.end.atMost(budget))
                .whenComplete((_, _) -> waiting.wake(call.tenant, write.key()))
                .thenApply(decision -> decision instanceof Decided<FillOutcome>(Filled _, var _));
    }

    private CompletionStage<Decision<Boolean>> release(Call<?> call, Step.Load<?> step, long holdMillis) {
        var key = call.request.key();
        return cache.release(call.tenant, key, step.owner, holdMillis, call.end.atMost(budget))
                .whenComplete((_, _) -> waiting.wake(call.tenant, key));
    }

    private CompletionStage<Decision<Boolean>> invalidate(Call<?> call) {
        return invalidate(call.tenant, Invalidation.of(call.request.key()), call.end.atMost(budget));
    }

    private static <T> CompletionStage<T> start(Callable<CompletionStage<T>> load) {
        try {
            return load.call();
        } catch (Throwable failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private static <T> T join(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** Closes the link of {@link #fromEnvironment}; any other is its caller's to close. */
    @Override
    public void close() {
        onClose.run();
    }
}
