// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.method;

import dev.gatehouse.cache.CachedExecutor;
import dev.gatehouse.cache.CachedResult;
import dev.gatehouse.cache.CachedResult.Held;
import dev.gatehouse.method.ResultInterceptor;
import dev.gatehouse.method.ResultSource;
import dev.gatehouse.redis.Deadline;
import io.micronaut.aop.MethodInvocationContext;
import io.micronaut.core.convert.ConversionService;
import io.micronaut.core.type.Argument;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs a method as the load of its cached result, under a lease. Exceptions are not cached. */
@Singleton
public final class MethodLoader {

    /** The tenant of a program's own values. */
    public static final String TENANT = "app";

    /** The longest duration of a load, by the limit of Lambda. */
    public static final Duration LONGEST_LOAD = Duration.ofMinutes(15);

    private final CachedExecutor cached;
    private final ResultInterceptor interceptor;

    MethodLoader(
            CachedExecutor cached, ConversionService conversion, @Named(TaskExecutors.IO) ExecutorService executor) {
        this.cached = cached;
        this.interceptor = new ResultInterceptor(conversion, executor);
    }

    /** Returns the value, loaded on this thread if it is missing or stale. */
    public <T> Optional<T> load(MethodCache cache, Argument<T> type, Callable<Optional<T>> load) throws Exception {
        return new Source(cached, cache).get(type, load);
    }

    /** Returns the value like {@link #load}, with a load that starts on the executor. */
    public <T> CompletableFuture<Optional<T>> loadLater(
            MethodCache cache, Argument<T> type, Supplier<CompletionStage<T>> load) {
        return interceptor.later(new Source(cached, cache), type, load);
    }

    /** Returns a future that completes on the executor. */
    public <T> CompletableFuture<T> onExecutor(CompletionStage<T> stage) {
        return interceptor.onExecutor(stage);
    }

    /** Returns the result of an intercepted method, from the cache or by running it. */
    public @Nullable Object intercept(MethodInvocationContext<Object, Object> context, MethodCache cache) {
        return interceptor.intercept(context, new Source(cached, cache));
    }

    private record Source(CachedExecutor cached, MethodCache cache) implements ResultSource {

        @Override
        public <T> Optional<T> get(Argument<T> type, Callable<Optional<T>> load) throws Exception {
            return value(cached.call(TENANT, cache.request(type), Deadline.in(LONGEST_LOAD), () -> storable(load.call())
                    .orElse(null)));
        }

        @Override
        public <T> CompletionStage<Optional<T>> getLater(Argument<T> type, Supplier<CompletionStage<T>> load) {
            return cached.run(TENANT, cache.request(type), Deadline.in(LONGEST_LOAD), () -> load.get()
                            .thenApply(value ->
                                    storable(Optional.ofNullable(value)).orElse(null)))
                    .thenApply(this::value);
        }

        /** Returns the value to store; empty for an empty value, unless nulls are cached. */
        private <T> Optional<Optional<T>> storable(Optional<T> value) {
            return value.isPresent() || cache.nulls() ? Optional.of(value) : Optional.empty();
        }

        private <T> Optional<T> value(CachedResult<Optional<T>> result) {
            if (result instanceof Held<Optional<T>>(var retryAfter)) {
                throw cache.held(retryAfter);
            }
            return result.value().flatMap(Function.identity());
        }
    }
}
