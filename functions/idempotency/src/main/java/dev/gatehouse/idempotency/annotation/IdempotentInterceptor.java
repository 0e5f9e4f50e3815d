// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Execution;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.method.ResultInterceptor;
import dev.gatehouse.method.ResultSource;
import dev.gatehouse.redis.Deadline;
import io.micronaut.aop.InterceptorBean;
import io.micronaut.aop.MethodInterceptor;
import io.micronaut.aop.MethodInvocationContext;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.convert.ConversionService;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs {@link Idempotent} methods with a key once per key. Other methods are left to {@link IdempotencyFilter}. */
@InterceptorBean(Idempotent.class)
@Requires(classes = JsonMapper.class, missingProperty = "gatehouse.service")
final class IdempotentInterceptor implements MethodInterceptor<Object, Object> {

    private final BeanProvider<IdempotentExecutor> executor;
    private final JsonMapper json;
    private final @Nullable ResponseConverter responses;
    private final ResultInterceptor interceptor;

    /** @param responses null in a program without HTTP */
    IdempotentInterceptor(
            BeanProvider<IdempotentExecutor> executor,
            JsonMapper json,
            @Nullable ResponseConverter responses,
            ConversionService conversion,
            @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
        this.executor = executor;
        this.json = json;
        this.responses = responses;
        this.interceptor = new ResultInterceptor(conversion, threads);
    }

    @Override
    public @Nullable Object intercept(MethodInvocationContext<Object, Object> context) {
        if (!IdempotentSettings.hasKey(context)) {
            return context.proceed();
        }
        return interceptor.intercept(context, new Call(context));
    }

    /** A call of a method. */
    private final class Call implements ResultSource {

        private final MethodInvocationContext<Object, Object> context;

        Call(MethodInvocationContext<Object, Object> context) {
            this.context = context;
        }

        @Override
        public <T> Optional<T> get(Argument<T> type, Callable<Optional<T>> method) throws Exception {
            var result = new CallResult<>(codec(type));
            return result.of(
                    runner().call(IdempotentBeans.TENANT, request(), end(), () -> result.store(method.call())));
        }

        @Override
        public <T> CompletionStage<Optional<T>> getLater(Argument<T> type, Supplier<CompletionStage<T>> method) {
            var result = new CallResult<>(codec(type));
            return runner().run(IdempotentBeans.TENANT, request(), end(), () -> method.get()
                            .thenApply(value -> result.store(Optional.ofNullable(value))))
                    .thenApply(result::of);
        }

        private IdempotentExecutor runner() {
            return executor.get().storing(IdempotentSettings.storedStatuses(context));
        }

        private static Deadline end() {
            return Deadline.in(IdempotentBeans.LONGEST_RUN);
        }

        @SuppressWarnings("unchecked")
        private <T> ResultCodec<T> codec(Argument<T> type) {
            return responses != null && responses.supports(type.getType())
                    ? (ResultCodec<T>) responses.codec(context)
                    : new JsonResultCodec<>(json, type);
        }

        private ClaimRequest request() {
            var texts = new ExpressionText(json);
            var fingerprint = context.isPresent(Idempotent.class, "fingerprint")
                    ? new Fingerprint(
                            texts.of("fingerprint", value("fingerprint").orElse("null"), Fingerprint.MAX_LENGTH))
                    : Fingerprint.NONE;
            return new ClaimRequest(
                    new Claim(key(texts), Owner.random()),
                    fingerprint,
                    "",
                    IdempotentSettings.lease(context),
                    IdempotentSettings.lifetime(context));
        }

        private IdempotencyKey key(ExpressionText texts) {
            var scope = IdempotentSettings.scope(context);
            var key = value("key").filter(value -> !value.equals("")).orElseThrow(IdempotencyFailure.KeyMissing::new);
            return new IdempotencyKey(
                    scope.isEmpty()
                            ? texts.of(
                                    "scope",
                                    context.getDeclaringType().getName() + "." + context.getMethodName(),
                                    IdempotencyKey.MAX_SCOPE_LENGTH)
                            : scope,
                    texts.of("key", key, IdempotencyKey.MAX_LENGTH));
        }

        /** Returns the value of an expression; empty if it is null. */
        private Optional<Object> value(String member) {
            return context.getValue(Idempotent.class, member, Object.class);
        }
    }

    /** The result of a call: its own, or a stored one. */
    private static final class CallResult<T> {

        private final ResultCodec<T> codec;
        private volatile Optional<T> own = Optional.empty();

        CallResult(ResultCodec<T> codec) {
            this.codec = codec;
        }

        Response store(Optional<T> result) {
            own = result;
            return codec.encode(result);
        }

        Optional<T> of(Execution execution) {
            return switch (execution) {
                case Execution.Done _, Execution.Unrecorded _, Execution.Released _ -> own;
                case Execution.Replayed(var response, var _, var _) -> codec.decode(response);
                case Execution.InFlight(var claim) -> throw new IdempotencyFailure.InFlight(claim.retryAfter());
                case Execution.KeyReused _ -> throw new IdempotencyFailure.KeyReused();
                case Execution.Undecided(var retryAfter) -> throw new IdempotencyFailure.StoreUnavailable(retryAfter);
            };
        }
    }
}
