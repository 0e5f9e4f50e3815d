// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.CachedResult.Held;
import dev.gatehouse.cache.CachedResult.Loaded;
import dev.gatehouse.cache.CachedResult.Loading;
import dev.gatehouse.cache.CachedResult.Undecided;
import dev.gatehouse.cache.LookupOutcome.LoadState;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
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
import dev.gatehouse.redis.config.RedisSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets values from the cache and loads those that are missing or stale. Of all callers in all processes one loads, under a
 * lease, and the others wait or get the stale value. The lease is extended while the load runs. If it is lost, because of an
 * invalidation for example, the loaded value is returned to its caller, but not stored.
 *
 * <p>A caller with the lease of a stale or soon stale value loads before it returns, because a function on Lambda is frozen
 * afterwards; {@link #refreshingOn} lets a server return the cached value at once. If the load fails, the caller gets the
 * cached value, or the exception if there is none. No caller gets the exception of another: those that wait load in turn,
 * or get {@link Held} if the request has a hold.
 *
 * {@snippet :
 * var cached = CachedExecutor.fromEnvironment();
 * var request = CachedRequest.of(CacheKey.of(Optional.of("products"), id), productCodec, 60).withStale(300);
 * var product = cached.call("my-app", request, endOfInvocation, () -> products.find(id)).value();
 * }
 */
public final class CachedExecutor implements AutoCloseable {

    private final WaitingCache cache;
    private final Duration budget;
    private final Optional<Executor> refresher;
    private final Runnable onClose;

    /** The step that follows a lookup. */
    private sealed interface Step<T> {

        record Finished<T>(CachedResult<T> result) implements Step<T> {}

        /** @param stale the value to return if the load fails */
        record Load<T>(LoadOwner owner, Optional<CachedResult<T>> stale) implements Step<T> {}

        record LoadUnshared<T>() implements Step<T> {}
    }

    private record Call<T>(String tenant, CachedRequest<T> request, Deadline end) {

        Optional<Step<T>> step(LookupOutcome outcome, Source source) {
            var found = request.found(outcome, source);
            return switch (outcome.load()) {
                case Leased(var owner, var _) -> Optional.of(new Step.Load<>(owner, found));
                case LoadState.Loading(var _, var retryAfter) ->
                    Optional.of(found.<Step<T>>map(Step.Finished::new)
                            .orElseGet(() -> unleased(new Loading<>(retryAfter))));
                case LoadState.Held(var _, var retryAfter) ->
                    Optional.of(new Step.Finished<>(found.orElseGet(() -> new Held<>(retryAfter))));
                case LoadState.Idle _ -> found.map(Step.Finished::new);
            };
        }

        Step<T> unleased(CachedResult<T> noValue) {
            return request.unshared() ? new Step.LoadUnshared<>() : new Step.Finished<>(noValue);
        }
    }

    /**
     * Creates an executor.
     *
     * @param budget the time limit of each step: a lookup, the fill, the release
     */
    public CachedExecutor(CacheStore cache, Duration budget) {
        this(waiting(cache, budget), budget, Optional.empty(), () -> {});
    }

    private CachedExecutor(WaitingCache cache, Duration budget, Optional<Executor> refresher, Runnable onClose) {
        this.cache = cache;
        this.budget = budget;
        this.refresher = refresher;
        this.onClose = onClose;
    }

    /**
     * Opens an executor, as by {@link #over}, on the Redis that the environment configures by {@code REDIS_URL}, with the
     * policy of {@code GATEHOUSE_CACHE_WHEN_DOWN}.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if a setting is invalid
     */
    public static CachedExecutor fromEnvironment() {
        return owning(GuardedCache.policy(System.getenv()), RedisLink::fromEnvironment);
    }

    /** Opens an executor as {@link #fromEnvironment} does, but configured by {@code environment}. */
    public static CachedExecutor from(Map<String, String> environment) {
        return owning(
                GuardedCache.policy(environment), () -> RedisLink.retrying(RedisSettings.fromEnvironment(environment)));
    }

    private static CachedExecutor owning(FallbackPolicy whenDown, Supplier<RedisLink> open) {
        var link = open.get();
        return over(link, new Outage(link), whenDown, link::close);
    }

    /**
     * Creates an executor on {@code link}.
     *
     * @param outage the only outage tracker of the link
     * @param whenDown decides without a reply of Redis, see {@link GuardedCache}
     */
    public static CachedExecutor over(RedisLink link, Outage outage, FallbackPolicy whenDown) {
        return over(link, outage, whenDown, () -> {});
    }

    private static CachedExecutor over(RedisLink link, Outage outage, FallbackPolicy whenDown, Runnable onClose) {
        var budget = link.settings().decisionBudget();
        var cache = waiting(GuardedCache.over(link, outage, whenDown), budget);
        return new CachedExecutor(cache, budget, Optional.empty(), onClose);
    }

    private static WaitingCache waiting(CacheStore cache, Duration budget) {
        return new WaitingCache(cache, DecisionWaiters.DEFAULT_MAX_WAITERS, budget);
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
     * @param load returns a stage of the value, or of null for no value. Runs on the thread of the connection, which it must
     *     not block, or on the executor of {@link #refreshingOn}
     */
    public <T> CompletionStage<CachedResult<T>> run(
            String tenant, CachedRequest<T> request, Deadline end, Supplier<CompletionStage<T>> load) {
        var call = new Call<>(tenant, request, end);
        return begin(call).thenCompose(step -> switch (step) {
            case Step.Finished<T>(var result) -> CompletableFuture.completedStage(result);
            case Step.LoadUnshared<T> _ ->
                CompletableFuture.completedFuture(load)
                        .thenCompose(Supplier::get)
                        .thenApply(value -> new Loaded<>(Optional.ofNullable(value), false));
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
                .map(write -> cache.put(tenant, write, deadline).thenApply(decision -> decision.map(_ -> true)))
                .orElseGet(() -> invalidate(tenant, Invalidation.of(request.key()), deadline));
    }

    /** Invalidates values and loads in progress. A decision has the value true. */
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, Invalidation invalidation, Deadline deadline) {
        return cache.invalidate(tenant, invalidation, deadline);
    }

    /** Returns the cached value and never loads. */
    public <T> CompletionStage<Optional<T>> find(String tenant, CachedRequest<T> request, Deadline deadline) {
        var lookup = new CacheLookup(request.key(), LoadOwner.random(), 0);
        return cache.lookup(tenant, List.of(lookup), LookupCaller.present(), Duration.ZERO, deadline)
                .getFirst()
                .thenApply(decision -> decision instanceof Decided<LookupOutcome>(var outcome, var source)
                        ? request.found(outcome, source).flatMap(CachedResult::value)
                        : Optional.empty());
    }

    private <T> CompletionStage<Step<T>> begin(Call<T> call) {
        return lookup(call)
                .thenCompose(step -> step.map(CompletableFuture::completedStage).orElseGet(() -> cache.invalidate(
                                call.tenant, Invalidation.of(call.request.key()), call.end.atMost(budget))
                        .thenCompose(_ -> lookup(call))
                        .thenApply(again -> again.orElseGet(() -> call.unleased(new Loading<>(Duration.ZERO))))));
    }

    /** Looks up and waits. The result is empty if the value cannot be decoded and there is no lease to replace it. */
    private <T> CompletionStage<Optional<Step<T>>> lookup(Call<T> call) {
        var lookups = List.of(call.request.lookup());
        var wait = Duration.ofMillis(call.request.waitMillis());
        return cache.lookup(call.tenant, lookups, LookupCaller.until(call.end), wait, call.end)
                .getFirst()
                .thenApply(decision -> switch (decision) {
                    case Decided<LookupOutcome>(var outcome, var source) -> call.step(outcome, source);
                    case Unavailable<LookupOutcome>(var retryAfter) ->
                        Optional.of(call.unleased(new Undecided<>(retryAfter)));
                });
    }

    /** Loads the value. With a refresher and a cached value, returns the latter at once and loads in the background. */
    private <T> CompletionStage<CachedResult<T>> load(
            Call<T> call, Step.Load<T> step, Callable<CompletionStage<T>> load) {
        var leased = new LeasedLoad<>(cache, budget, call.tenant, call.request, call.end, step.owner, step.stale);
        if (refresher.isPresent() && step.stale.isPresent()) {
            refresher.get().execute(() -> {
                var _ = leased.run(load);
            });
            return CompletableFuture.completedStage(step.stale.get());
        }
        return leased.run(load);
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

    /** Closes the link of {@link #fromEnvironment} or {@link #from}. A link passed to {@link #over} stays open. */
    @Override
    public void close() {
        onClose.run();
    }
}
