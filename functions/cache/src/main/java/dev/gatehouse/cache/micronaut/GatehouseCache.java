// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.micronaut;

import dev.gatehouse.cache.CacheCodec;
import dev.gatehouse.cache.CachedExecutor;
import dev.gatehouse.cache.CachedRequest;
import dev.gatehouse.cache.CachedResult.Found;
import dev.gatehouse.cache.Invalidation;
import dev.gatehouse.cache.method.CacheKeyMapper;
import dev.gatehouse.cache.method.JsonCodec;
import dev.gatehouse.cache.method.MethodCache;
import dev.gatehouse.cache.method.MethodLoader;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.validation.InvalidArgument;
import io.micronaut.cache.AsyncCache;
import io.micronaut.cache.SyncCache;
import io.micronaut.cache.exceptions.CacheSystemException;
import io.micronaut.cache.interceptor.ParametersKey;
import io.micronaut.context.annotation.EachBean;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A named cache of Micronaut in a scope of Gatehouse. A get with a supplier loads under a lease, so that of all callers in
 * all processes one loads.
 *
 * <p>Without Redis, a put and an invalidation fail with a {@link CacheSystemException}; so does a get during the hold of a
 * failed load, unless there is a stale value. The asynchronous form completes on the executor for blocking work, not on the
 * thread of the connection.
 */
@EachBean(NamedCache.class)
final class GatehouseCache implements SyncCache<CachedExecutor> {

    private final NamedCache settings;
    private final CachedExecutor cached;
    private final Duration budget;
    private final JsonMapper json;
    private final CacheKeyMapper keys;
    private final MethodLoader loader;
    private final AsyncCache<CachedExecutor> async = new Async();

    GatehouseCache(
            NamedCache settings, CachedExecutor cached, RedisSettings redis, JsonMapper json, MethodLoader loader) {
        this.settings = settings;
        this.cached = cached;
        this.budget = redis.decisionBudget();
        this.json = json;
        this.keys = new CacheKeyMapper(settings.scopeOrName(), json);
        this.loader = loader;
        requireBounds();
    }

    private void requireBounds() {
        try {
            var _ = request("any", Argument.STRING);
        } catch (InvalidArgument e) {
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

    /**
     * Returns the caching of one value.
     *
     * @param key supplies the key; called for each get
     */
    MethodCache entry(Supplier<Object> key) {
        return new Keyed(key);
    }

    @Override
    public <T> Optional<T> get(Object key, Argument<T> requiredType) {
        return join(async.get(key, requiredType));
    }

    @Override
    public <T> @Nullable T get(Object key, Argument<T> requiredType, Supplier<T> supplier) {
        try {
            return loader.load(entry(() -> key), requiredType, () -> Optional.ofNullable(supplier.get()))
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

    private <T> CachedRequest<T> request(Object key, CacheCodec<T> codec) {
        return new CachedRequest<>(
                keys.map(mappable(key)),
                codec,
                settings.freshSeconds(),
                settings.staleSeconds(),
                Set.of(),
                settings.leaseMillis(),
                settings.waitMillis(),
                settings.holdMillis(),
                true);
    }

    private static Object mappable(Object key) {
        return switch (key) {
            // Not the list alone, which is the key of a method with one list.
            case MethodArguments arguments -> Map.of("arguments", arguments.values());
            case ParametersKey _ ->
                throw new IllegalArgumentException(
                        "a ParametersKey hides its parameters: use a List of them as the key");
            default -> key;
        };
    }

    private Deadline deadline() {
        return Deadline.in(budget);
    }

    private CompletableFuture<Boolean> decided(CompletionStage<Decision<Boolean>> stage) {
        return loader.onExecutor(stage).thenApply(decision -> {
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

    private final class Keyed implements MethodCache {

        private final Supplier<Object> key;

        Keyed(Supplier<Object> key) {
            this.key = key;
        }

        @Override
        public <T> CachedRequest<Optional<T>> request(Argument<T> type) {
            return GatehouseCache.this.request(key.get(), new JsonCodec<>(json, type).optional());
        }

        @Override
        public boolean nulls() {
            return settings.nulls();
        }

        @Override
        public RuntimeException held(Duration retryAfter) {
            return new CacheSystemException(
                    "a load for the cache " + getName() + " has failed, and nobody loads before its hold ends");
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
            return loader.onExecutor(cached.find(MethodLoader.TENANT, request(key, requiredType), deadline()));
        }

        @Override
        public <T> CompletableFuture<T> get(Object key, Argument<T> requiredType, Supplier<T> supplier) {
            return loader.loadLater(
                            entry(() -> key), requiredType, () -> CompletableFuture.completedStage(supplier.get()))
                    .thenApply(value -> value.orElse(null));
        }

        @Override
        public <T> CompletableFuture<Optional<T>> putIfAbsent(Object key, T value) {
            var request = request(key, typeOf(value));
            return loader.onExecutor(cached.find(MethodLoader.TENANT, request, deadline())
                    .thenCompose(found -> found.isPresent()
                            ? CompletableFuture.completedStage(found)
                            : cached.run(
                                            MethodLoader.TENANT,
                                            request,
                                            Deadline.in(MethodLoader.LONGEST_LOAD),
                                            () -> CompletableFuture.completedStage(value))
                                    .thenApply(result -> result instanceof Found ? result.value() : Optional.empty())));
        }

        @SuppressWarnings("unchecked")
        private static <T> Argument<T> typeOf(T value) {
            return Argument.of((Class<T>) value.getClass());
        }

        @Override
        public CompletableFuture<Boolean> put(Object key, Object value) {
            return decided(cached.put(MethodLoader.TENANT, request(key, Argument.OBJECT_ARGUMENT), value, deadline()));
        }

        @Override
        public CompletableFuture<Boolean> invalidate(Object key) {
            return decided(
                    cached.invalidate(MethodLoader.TENANT, Invalidation.of(keys.map(mappable(key))), deadline()));
        }

        @Override
        public CompletableFuture<Boolean> invalidateAll() {
            var all = new Invalidation(Optional.of(settings.scopeOrName()), List.of(), Set.of(), true, false);
            return decided(cached.invalidate(MethodLoader.TENANT, all, deadline()));
        }
    }
}
