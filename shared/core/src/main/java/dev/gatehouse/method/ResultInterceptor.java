// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.method;

import io.micronaut.aop.InterceptedMethod;
import io.micronaut.aop.MethodInvocationContext;
import io.micronaut.core.convert.ConversionService;
import io.micronaut.core.propagation.PropagatedContext;
import io.micronaut.core.type.Argument;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Obtains the results of intercepted methods from a source. A synchronous method runs on the caller's thread. Methods of stages
 * and publishers start on an executor for blocking work, where their results also complete, not on the thread of the
 * connection. The result of an {@code Optional} is its value, and that of a publisher of several elements is their list.
 */
public final class ResultInterceptor {

    private final ConversionService conversion;
    private final Executor executor;

    public ResultInterceptor(ConversionService conversion, Executor executor) {
        this.conversion = conversion;
        this.executor = executor;
    }

    /** Returns the result of an intercepted method, from the source or by running it. */
    public @Nullable Object intercept(MethodInvocationContext<Object, Object> context, ResultSource source) {
        var method = InterceptedMethod.of(context, conversion);
        try {
            return switch (method.resultType()) {
                case SYNCHRONOUS -> result(context, source);
                case COMPLETION_STAGE ->
                    method.handleResult(later(
                                    source,
                                    objects(method.returnTypeValue()),
                                    propagated(() -> stage(method.interceptResultAsCompletionStage())))
                            .thenApply(value -> value.orElse(null)));
                case PUBLISHER ->
                    method.handleResult(
                            context.getReturnType().isSingleResult()
                                    ? single(method, source)
                                    : several(method, source));
            };
        } catch (Exception e) {
            return method.handleException(e);
        }
    }

    /** Returns the result of a method that starts on the executor. The future completes there, too. */
    public <T> CompletableFuture<Optional<T>> later(
            ResultSource source, Argument<T> type, Supplier<CompletionStage<T>> method) {
        return onExecutor(source.getLater(
                type, () -> CompletableFuture.supplyAsync(method, executor).thenCompose(Function.identity())));
    }

    /** Returns a future that completes on the executor. */
    public <T> CompletableFuture<T> onExecutor(CompletionStage<T> stage) {
        return stage.thenApplyAsync(Function.identity(), executor).toCompletableFuture();
    }

    private static @Nullable Object result(MethodInvocationContext<Object, Object> context, ResultSource source)
            throws Exception {
        var returnType = context.getReturnType();
        var type = returnType.isOptional()
                ? returnType.getFirstTypeVariable().orElse(Argument.OBJECT_ARGUMENT)
                : returnType.asArgument();
        var value = source.get(objects(type), () -> valueOf(context.proceed()));
        return returnType.isOptional() ? value : value.orElse(null);
    }

    private static Optional<Object> valueOf(@Nullable Object result) {
        return result instanceof Optional<?> value ? value.map(Object.class::cast) : Optional.ofNullable(result);
    }

    private Mono<Object> single(InterceptedMethod method, ResultSource source) {
        return whenSubscribed(source, method.returnTypeValue(), () -> Mono.from(method.interceptResultAsPublisher())
                .cast(Object.class));
    }

    private Flux<?> several(InterceptedMethod method, ResultSource source) {
        return whenSubscribed(source, Argument.listOf(method.returnTypeValue()), () -> Flux.from(
                                method.interceptResultAsPublisher())
                        .collectList()
                        .cast(Object.class))
                .flatMapIterable(values -> (List<?>) values);
    }

    private Mono<Object> whenSubscribed(ResultSource source, Argument<?> type, Supplier<Mono<Object>> method) {
        return Mono.defer(() -> Mono.fromCompletionStage(later(
                        source, objects(type), propagated(() -> method.get().toFuture()))))
                .flatMap(Mono::justOrEmpty);
    }

    private static <T> Supplier<CompletionStage<T>> propagated(Supplier<CompletionStage<T>> method) {
        return PropagatedContext.getOrEmpty().wrap(method);
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
