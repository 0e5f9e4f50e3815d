package dev.gatehouse.cache.micronaut;

import dev.gatehouse.cache.CacheCodec;
import dev.gatehouse.cache.CachedExecutor;
import dev.gatehouse.cache.CachedRequest;
import dev.gatehouse.cache.CachedResult;
import dev.gatehouse.cache.CachedResult.Found;
import dev.gatehouse.cache.CachedResult.Held;
import dev.gatehouse.cache.InvalidCacheRequest;
import dev.gatehouse.cache.Invalidation;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.cache.AsyncCache;
import io.micronaut.cache.SyncCache;
import io.micronaut.cache.exceptions.CacheSystemException;
import io.micronaut.context.annotation.EachBean;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A named cache of Micronaut in a scope of Gatehouse. A get with a supplier loads under a lease, so that of all callers in
 * all processes one loads.
 *
 * <p>Without Redis, a put and an invalidation fail with a {@link CacheSystemException}; so does a get during the hold of a
 * failed load, unless there is a stale value. The asynchronous form completes on
 * the executor for blocking work, not on the thread of the connection.
 */
@EachBean(NamedCache.class)
final class GatehouseCache implements SyncCache<CachedExecutor> {

    /** The tenant of a program's own values. */
    static final String TENANT = "app";

    /** The longest duration of a load, by the limit of Lambda. */
    private static final Duration LONGEST_LOAD = Duration.ofMinutes(15);

    private final NamedCache settings;
    private final CachedExecutor cached;
    private final Duration budget;
    private final JsonMapper json;
    private final CacheKeyMapper keys;
    private final Executor executor;
    private final AsyncCache<CachedExecutor> async = new Async();

    GatehouseCache(
            NamedCache settings,
            CachedExecutor cached,
            RedisSettings redis,
            JsonMapper json,
            @Named(TaskExecutors.IO) ExecutorService executor) {
        this.settings = settings;
        this.cached = cached;
        this.budget = redis.decisionBudget();
        this.json = json;
        this.keys = new CacheKeyMapper(settings.scopeOrName(), json);
        this.executor = executor;
        requireBounds();
    }

    private void requireBounds() {
        try {
            var _ = request("any", Argument.STRING);
        } catch (InvalidCacheRequest e) {
            throw new InvalidSetting("gatehouse.caches." + settings.name(), e.field() + " " + e.getMessage());
        }
    }

    @Override
    public String getName() {
        return settings.name();
    }

    @Override
    public CachedExecutor getNativeCache() {
        return cached;
    }

    /** Returns the value, loaded on this thread if it is missing or stale. */
    <T> Optional<T> load(Object key, Argument<T> type, Callable<Optional<T>> load) throws Exception {
        return value(cached.call(TENANT, optional(key, type), Deadline.in(LONGEST_LOAD), () -> storable(load.call())
                .orElse(null)));
    }

    /** Returns the value like {@link #load}, with a load that starts on the executor. */
    <T> CompletableFuture<Optional<T>> loadLater(Object key, Argument<T> type, Supplier<CompletionStage<T>> load) {
        return onExecutor(cached.run(
                        TENANT, optional(key, type), Deadline.in(LONGEST_LOAD), () -> CompletableFuture.supplyAsync(
                                        load, executor)
                                .thenCompose(Function.identity())
                                .thenApply(value ->
                                        storable(Optional.ofNullable(value)).orElse(null))))
                .thenApply(this::value);
    }

    /** Returns what to store: nothing for an empty value, unless this cache stores nulls. */
    private <T> Optional<Optional<T>> storable(Optional<T> value) {
        return value.isPresent() || settings.nulls() ? Optional.of(value) : Optional.empty();
    }

    private <T> Optional<T> value(CachedResult<Optional<T>> result) {
        if (result instanceof Held) {
            throw new CacheSystemException(
                    "a load for the cache " + getName() + " has failed, and nobody loads before its hold ends");
        }
        return result.value().flatMap(Function.identity());
    }

    @Override
    public <T> Optional<T> get(Object key, Argument<T> requiredType) {
        return join(async.get(key, requiredType));
    }

    @Override
    public <T> @Nullable T get(Object key, Argument<T> requiredType, Supplier<T> supplier) {
        try {
            return load(key, requiredType, () -> Optional.ofNullable(supplier.get()))
                    .orElse(null);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a supplier throws no checked exception", e);
        }
    }

    @Override
    public <T> Optional<T> putIfAbsent(Object key, T value) {
        return join(async.putIfAbsent(key, value));
    }

    @Override
    public void put(Object key, Object value) {
        join(async.put(key, value));
    }

    @Override
    public void invalidate(Object key) {
        join(async.invalidate(key));
    }

    @Override
    public void invalidateAll() {
        join(async.invalidateAll());
    }

    @Override
    public AsyncCache<CachedExecutor> async() {
        return async;
    }

    private <T> CachedRequest<T> request(Object key, Argument<T> type) {
        return request(key, new JsonCodec<>(json, type));
    }

    private <T> CachedRequest<Optional<T>> optional(Object key, Argument<T> type) {
        return request(key, new JsonCodec<>(json, type).optional());
    }

    private <T> CachedRequest<T> request(Object key, CacheCodec<T> codec) {
        return new CachedRequest<>(
                keys.map(key),
                codec,
                settings.freshSeconds(),
                settings.staleSeconds(),
                Set.of(),
                settings.leaseMillis(),
                settings.waitMillis(),
                settings.holdMillis(),
                true);
    }

    private Deadline deadline() {
        return Deadline.in(budget);
    }

    private <T> CompletableFuture<T> onExecutor(CompletionStage<T> stage) {
        return stage.thenApplyAsync(Function.identity(), executor).toCompletableFuture();
    }

    private CompletableFuture<Boolean> decided(CompletionStage<Decision<Boolean>> stage) {
        return onExecutor(stage).thenApply(decision -> {
            if (decision instanceof Decided) {
                return true;
            }
            throw new CacheSystemException("Redis did not reply: the cache " + getName() + " may be unchanged");
        });
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private final class Async implements AsyncCache<CachedExecutor> {

        @Override
        public String getName() {
            return settings.name();
        }

        @Override
        public CachedExecutor getNativeCache() {
            return cached;
        }

        @Override
        public <T> CompletableFuture<Optional<T>> get(Object key, Argument<T> requiredType) {
            return onExecutor(cached.find(TENANT, request(key, requiredType), deadline()));
        }

        @Override
        public <T> CompletableFuture<T> get(Object key, Argument<T> requiredType, Supplier<T> supplier) {
            return loadLater(key, requiredType, () -> CompletableFuture.completedStage(supplier.get()))
                    .thenApply(value -> value.orElse(null));
        }

        @Override
        public <T> CompletableFuture<Optional<T>> putIfAbsent(Object key, T value) {
            var request = request(key, typeOf(value));
            return onExecutor(cached.find(TENANT, request, deadline())
                    .thenCompose(found -> found.isPresent()
                            ? CompletableFuture.completedStage(found)
                            : cached.run(
                                            TENANT,
                                            request,
                                            Deadline.in(LONGEST_LOAD),
                                            () -> CompletableFuture.completedStage(value))
                                    .thenApply(result -> result instanceof Found ? result.value() : Optional.empty())));
        }

        @SuppressWarnings("unchecked")
        private static <T> Argument<T> typeOf(T value) {
            return Argument.of((Class<T>) value.getClass());
        }

        @Override
        public CompletableFuture<Boolean> put(Object key, Object value) {
            return decided(cached.put(TENANT, request(key, Argument.OBJECT_ARGUMENT), value, deadline()));
        }

        @Override
        public CompletableFuture<Boolean> invalidate(Object key) {
            return decided(cached.invalidate(TENANT, Invalidation.of(keys.map(key)), deadline()));
        }

        @Override
        public CompletableFuture<Boolean> invalidateAll() {
            var all = new Invalidation(Optional.of(settings.scopeOrName()), List.of(), Set.of(), true, false);
            return decided(cached.invalidate(TENANT, all, deadline()));
        }
    }
}
