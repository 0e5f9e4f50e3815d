// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.annotation;

import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimitResult;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RateLimits;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import io.micronaut.aop.InterceptedMethod;
import io.micronaut.aop.InterceptorBean;
import io.micronaut.aop.MethodInterceptor;
import io.micronaut.aop.MethodInvocationContext;
import io.micronaut.context.BeanProvider;
import io.micronaut.core.convert.ConversionService;
import io.micronaut.core.propagation.PropagatedContext;
import io.micronaut.core.util.SupplierUtil;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Checks the limit before a {@link RateLimited} method runs. Creates the limiter on first use. */
@InterceptorBean(RateLimited.class)
final class RateLimitInterceptor implements MethodInterceptor<Object, Object> {

    private final ConversionService conversion;
    private final Supplier<RedisLink> link;
    private final Supplier<RateLimiter> limiter;

    RateLimitInterceptor(
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage,
            BeanProvider<RateLimiter> limiter,
            ConversionService conversion) {
        this.conversion = conversion;
        this.link = SupplierUtil.memoized(link::get);
        this.limiter = SupplierUtil.memoized(
                () -> limiter.find(null).orElseGet(() -> RateLimits.over(this.link.get(), outage.get())));
    }

    @Override
    public @Nullable Object intercept(MethodInvocationContext<Object, Object> context) {
        var check = new Check(List.of(charge(context)), Mode.ALL);
        var method = InterceptedMethod.of(context, conversion);
        try {
            return switch (method.resultType()) {
                case SYNCHRONOUS -> {
                    requireRoom(check, result(check).toCompletableFuture().join());
                    yield context.proceed();
                }
                case COMPLETION_STAGE ->
                    method.handleResult(whenAdmitted(check, method::interceptResultAsCompletionStage));
                case PUBLISHER -> method.handleResult(published(context, whenSubscribed(check, method)));
            };
        } catch (RuntimeException e) {
            return method.handleException(e);
        }
    }

    private Flux<?> whenSubscribed(Check check, InterceptedMethod method) {
        return Mono.fromCompletionStage(() -> whenAdmitted(
                        check, () -> CompletableFuture.completedStage(method.interceptResultAsPublisher())))
                .flatMapMany(Flux::from);
    }

    private static Publisher<?> published(MethodInvocationContext<Object, Object> context, Flux<?> result) {
        return Mono.class.isAssignableFrom(context.getReturnType().getType()) ? result.singleOrEmpty() : result;
    }

    /** Proceeds on a virtual thread, because the method may block and must not hold the connection's thread. */
    private <T extends @Nullable Object> CompletionStage<T> whenAdmitted(
            Check check, Supplier<? extends CompletionStage<T>> proceed) {
        var propagated = PropagatedContext.getOrEmpty();
        return result(check)
                .thenComposeAsync(
                        result -> {
                            requireRoom(check, result);
                            return propagated.propagate(proceed::get);
                        },
                        Thread::startVirtualThread);
    }

    private CompletionStage<RateLimitResult> result(Check check) {
        var deadline = Deadline.in(link.get().settings().decisionBudget());
        return limiter.get().check(RateLimits.TENANT, check, deadline).thenApply(RateLimitResult::of);
    }

    private static void requireRoom(Check check, RateLimitResult result) {
        if (!result.allowed()) {
            throw new LimitExceeded(check, result);
        }
    }

    private static LimitedSubject charge(MethodInvocationContext<Object, Object> context) {
        var annotation = Objects.requireNonNull(context.getAnnotation(RateLimited.class));
        var limit = annotation.longValue("limit").orElseThrow();
        var windowSeconds = annotation.longValue("windowSeconds").orElseThrow();
        var burst = annotation.longValue("burst").orElse(limit);
        var blockSeconds = annotation.longValue("blockSeconds").orElse(0);
        var name = annotation.stringValue("name").orElseThrow();
        var subject = annotation.stringValue("subject").orElse("");
        return new LimitedSubject(new Limit(name, limit, windowSeconds, burst).blocking(blockSeconds), subject, 1);
    }
}
