package dev.gatehouse.cache.method;

import dev.gatehouse.cache.CachedExecutor;
import dev.gatehouse.cache.CachedResult;
import dev.gatehouse.cache.CachedResult.Held;
import dev.gatehouse.redis.Deadline;
import io.micronaut.aop.InterceptedMethod;
import io.micronaut.aop.MethodInvocationContext;
import io.micronaut.core.convert.ConversionService;
import io.micronaut.core.propagation.PropagatedContext;
import io.micronaut.core.type.Argument;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs a method as the load of its cached result, under a lease. A synchronous method runs on the caller's thread. Stages and
 * publishers complete on the executor for blocking work, not on the thread of the connection. Exceptions are not cached.
 */
@Singleton
public final class MethodLoader {

    /** The tenant of a program's own values. */
    public static final String TENANT = "app";

    /** The longest duration of a load, by the limit of Lambda. */
    public static final Duration LONGEST_LOAD = Duration.ofMinutes(15);

    private final CachedExecutor cached;
    private final ConversionService conversion;
    private final Executor executor;

    MethodLoader(
            CachedExecutor cached, ConversionService conversion, @Named(TaskExecutors.IO) ExecutorService executor) {
        this.cached = cached;
        this.conversion = conversion;
        this.executor = executor;
    }

    /** Returns the value, loaded on this thread if it is missing or stale. */
    public <T> Optional<T> load(MethodCache cache, Argument<T> type, Callable<Optional<T>> load) throws Exception {
        return value(cache, cached.call(TENANT, cache.request(type), Deadline.in(LONGEST_LOAD), () -> storable(
                        cache, load.call())
                .orElse(null)));
    }

    /** Returns the value like {@link #load}, with a load that starts on the executor. */
    public <T> CompletableFuture<Optional<T>> loadLater(
            MethodCache cache, Argument<T> type, Supplier<CompletionStage<T>> load) {
        return onExecutor(cached.run(
                        TENANT, cache.request(type), Deadline.in(LONGEST_LOAD), () -> CompletableFuture.supplyAsync(
                                        load, executor)
                                .thenCompose(Function.identity())
                                .thenApply(value -> storable(cache, Optional.ofNullable(value))
                                        .orElse(null))))
                .thenApply(result -> value(cache, result));
    }

    /** Returns the value to store; empty for an empty value, unless nulls are cached. */
    private static <T> Optional<Optional<T>> storable(MethodCache cache, Optional<T> value) {
        return value.isPresent() || cache.nulls() ? Optional.of(value) : Optional.empty();
    }

    private static <T> Optional<T> value(MethodCache cache, CachedResult<Optional<T>> result) {
        if (result instanceof Held<Optional<T>>(var retryAfter)) {
            throw cache.held(retryAfter);
        }
        return result.value().flatMap(Function.identity());
    }

    /** Returns a future that completes on the executor. */
    public <T> CompletableFuture<T> onExecutor(CompletionStage<T> stage) {
        return stage.thenApplyAsync(Function.identity(), executor).toCompletableFuture();
    }

    /** Returns the result of an intercepted method, from the cache or by running it. */
    public @Nullable Object intercept(MethodInvocationContext<Object, Object> context, MethodCache cache) {
        var method = InterceptedMethod.of(context, conversion);
        try {
            return switch (method.resultType()) {
                case SYNCHRONOUS -> load(context, cache);
                case COMPLETION_STAGE ->
                    method.handleResult(loadLater(
                                    cache,
                                    objects(method.returnTypeValue()),
                                    propagated(() -> stage(method.interceptResultAsCompletionStage())))
                            .thenApply(value -> value.orElse(null)));
                case PUBLISHER ->
                    method.handleResult(
                            context.getReturnType().isSingleResult() ? single(method, cache) : several(method, cache));
            };
        } catch (Exception e) {
            return method.handleException(e);
        }
    }

    private @Nullable Object load(MethodInvocationContext<Object, Object> context, MethodCache cache) throws Exception {
        var returnType = context.getReturnType();
        var type = returnType.isOptional()
                ? returnType.getFirstTypeVariable().orElse(Argument.OBJECT_ARGUMENT)
                : returnType.asArgument();
        var value = load(cache, objects(type), () -> valueOf(context.proceed()));
        return returnType.isOptional() ? value : value.orElse(null);
    }

    private static Optional<Object> valueOf(@Nullable Object result) {
        return result instanceof Optional<?> value ? value.map(Object.class::cast) : Optional.ofNullable(result);
    }

    private Mono<Object> single(InterceptedMethod method, MethodCache cache) {
        return whenSubscribed(cache, method.returnTypeValue(), () -> Mono.from(method.interceptResultAsPublisher())
                .cast(Object.class));
    }

    /** Caches the elements as a list. */
    private Flux<?> several(InterceptedMethod method, MethodCache cache) {
        return whenSubscribed(cache, Argument.listOf(method.returnTypeValue()), () -> Flux.from(
                                method.interceptResultAsPublisher())
                        .collectList()
                        .cast(Object.class))
                .flatMapIterable(values -> (List<?>) values);
    }

    private Mono<Object> whenSubscribed(MethodCache cache, Argument<?> type, Supplier<Mono<Object>> load) {
        return Mono.defer(() -> Mono.fromCompletionStage(loadLater(
                        cache, objects(type), propagated(() -> load.get().toFuture()))))
                .flatMap(Mono::justOrEmpty);
    }

    private static <T> Supplier<CompletionStage<T>> propagated(Supplier<CompletionStage<T>> load) {
        return PropagatedContext.getOrEmpty().wrap(load);
    }

    @SuppressWarnings("unchecked")
    private static Argument<Object> objects(Argument<?> type) {
        return (Argument<Object>) type;
    }

    @SuppressWarnings("unchecked")
    private static CompletionStage<Object> stage(CompletionStage<?> stage) {
        return (CompletionStage<Object>) stage;
    }
}
