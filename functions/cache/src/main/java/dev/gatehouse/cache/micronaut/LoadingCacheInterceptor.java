package dev.gatehouse.cache.micronaut;

import io.micronaut.aop.InterceptedMethod;
import io.micronaut.aop.MethodInvocationContext;
import io.micronaut.cache.AsyncCacheErrorHandler;
import io.micronaut.cache.CacheErrorHandler;
import io.micronaut.cache.CacheManager;
import io.micronaut.cache.annotation.CacheConfig;
import io.micronaut.cache.annotation.CacheInvalidate;
import io.micronaut.cache.annotation.CachePut;
import io.micronaut.cache.annotation.Cacheable;
import io.micronaut.cache.interceptor.CacheInterceptor;
import io.micronaut.cache.interceptor.CacheKeyGenerator;
import io.micronaut.cache.interceptor.DefaultCacheKeyGenerator;
import io.micronaut.context.BeanContext;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.core.propagation.PropagatedContext;
import io.micronaut.core.type.Argument;
import io.micronaut.core.util.ArrayUtils;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs methods with {@link Cacheable} as loads under a lease, if their cache is Gatehouse's. Micronaut's own interceptor
 * looks up, runs the method and puts: callers that miss at the same time all run it, and a put of an old value can follow an
 * invalidation. Every other operation is left to it.
 */
final class LoadingCacheInterceptor extends CacheInterceptor {

    private final CacheManager<?> caches;
    private final BeanContext beans;
    private final CacheKeyGenerator generator = new MethodArguments.Generator();

    private LoadingCacheInterceptor(
            CacheManager<?> caches,
            CacheErrorHandler errors,
            AsyncCacheErrorHandler asyncErrors,
            ExecutorService executor,
            BeanContext beans) {
        super(caches, errors, asyncErrors, executor, beans);
        this.caches = caches;
        this.beans = beans;
    }

    /** Replaces the interceptor that Micronaut has created. */
    @Singleton
    static final class Replacement implements BeanCreatedEventListener<CacheInterceptor> {

        private final BeanContext beans;

        Replacement(BeanContext beans) {
            this.beans = beans;
        }

        @Override
        public CacheInterceptor onCreated(BeanCreatedEvent<CacheInterceptor> event) {
            return new LoadingCacheInterceptor(
                    beans.getBean(CacheManager.class),
                    beans.getBean(CacheErrorHandler.class),
                    beans.getBean(AsyncCacheErrorHandler.class),
                    beans.getBean(ExecutorService.class, Qualifiers.byName(TaskExecutors.IO)),
                    beans);
        }
    }

    @Override
    public @Nullable Object intercept(MethodInvocationContext<Object, Object> context) {
        var cache = loadingCache(context);
        if (cache.isEmpty()) {
            return super.intercept(context);
        }
        var method = InterceptedMethod.of(context, beans.getConversionService());
        try {
            return switch (method.resultType()) {
                case SYNCHRONOUS -> load(cache.get(), context);
                case COMPLETION_STAGE ->
                    method.handleResult(loadLater(
                                    cache.get(),
                                    context,
                                    valueType(method),
                                    () -> future(method.interceptResultAsCompletionStage()))
                            .thenApply(value -> value.orElse(null)));
                case PUBLISHER -> method.handleResult(publisher(cache.get(), context, method));
            };
        } catch (Exception e) {
            return method.handleException(e);
        }
    }

    /** Returns the cache of a method that loads into one cache of Gatehouse and changes none. */
    private Optional<GatehouseCache> loadingCache(MethodInvocationContext<Object, Object> context) {
        if (!context.hasStereotype(Cacheable.class)
                || context.getReturnType().isVoid()
                || context.isSuspend()
                || !context.getAnnotationValuesByType(CachePut.class).isEmpty()
                || !context.getAnnotationValuesByType(CacheInvalidate.class).isEmpty()
                || (context.isPresent(Cacheable.class, "condition")
                        && !context.booleanValue(Cacheable.class, "condition").orElse(false))) {
            return Optional.empty();
        }
        var names = context.stringValues(Cacheable.class, "cacheNames");
        if (ArrayUtils.isEmpty(names)) {
            names = context.stringValues(CacheConfig.class, "cacheNames");
        }
        return names.length == 1 && caches.getCache(names[0]) instanceof GatehouseCache cache
                ? Optional.of(cache)
                : Optional.empty();
    }

    private @Nullable Object load(GatehouseCache cache, MethodInvocationContext<Object, Object> context)
            throws Exception {
        var returnType = context.getReturnType();
        var type = returnType.isOptional()
                ? returnType.getFirstTypeVariable().orElse(Argument.OBJECT_ARGUMENT)
                : returnType.asArgument();
        var value = cache.load(key(context), objects(type), () -> valueOf(context.proceed()));
        return returnType.isOptional() ? value : value.orElse(null);
    }

    private static Optional<Object> valueOf(@Nullable Object result) {
        return result instanceof Optional<?> value ? value.map(Object.class::cast) : Optional.ofNullable(result);
    }

    private Object publisher(
            GatehouseCache cache, MethodInvocationContext<Object, Object> context, InterceptedMethod method) {
        if (context.getReturnType().isSingleResult()) {
            return Mono.defer(() -> Mono.fromCompletionStage(loadLater(
                            cache, context, valueType(method), () -> Mono.from(method.interceptResultAsPublisher())
                                    .cast(Object.class)
                                    .toFuture())))
                    .flatMap(Mono::justOrEmpty);
        }
        Argument<?> list = Argument.listOf(method.returnTypeValue());
        return Mono.defer(() -> Mono.fromCompletionStage(
                        loadLater(cache, context, objects(list), () -> Flux.from(method.interceptResultAsPublisher())
                                .collectList()
                                .cast(Object.class)
                                .toFuture())))
                .flatMap(Mono::justOrEmpty)
                .flatMapIterable(values -> (List<?>) values);
    }

    private CompletableFuture<Optional<Object>> loadLater(
            GatehouseCache cache,
            MethodInvocationContext<Object, Object> context,
            Argument<Object> type,
            Supplier<CompletionStage<Object>> load) {
        return cache.loadLater(
                key(context), type, PropagatedContext.getOrEmpty().wrap(load));
    }

    private static Argument<Object> valueType(InterceptedMethod method) {
        return objects(method.returnTypeValue());
    }

    @SuppressWarnings("unchecked")
    private static Argument<Object> objects(Argument<?> type) {
        return (Argument<Object>) type;
    }

    @SuppressWarnings("unchecked")
    private static CompletionStage<Object> future(CompletionStage<?> stage) {
        return (CompletionStage<Object>) stage;
    }

    private Object key(MethodInvocationContext<Object, Object> context) {
        Class<?> type = context.classValue(Cacheable.class, "keyGenerator")
                .or(() -> context.classValue(CacheConfig.class, "keyGenerator"))
                .orElse(DefaultCacheKeyGenerator.class);
        return resolveKeyGenerator(type.asSubclass(CacheKeyGenerator.class)).generateKey(context, arguments(context));
    }

    /** Returns the arguments that are part of the key. */
    private static Object[] arguments(MethodInvocationContext<Object, Object> context) {
        var values = context.getParameterValues();
        var names = Set.of(context.stringValues(Cacheable.class, "parameters"));
        if (names.isEmpty()) {
            return values;
        }
        var arguments = context.getArguments();
        return IntStream.range(0, values.length)
                .filter(i -> names.contains(arguments[i].getName()))
                .mapToObj(i -> values[i])
                .toArray();
    }

    @Override
    protected CacheKeyGenerator resolveKeyGenerator(@Nullable Class<? extends CacheKeyGenerator> type) {
        return type == null || type == DefaultCacheKeyGenerator.class ? generator : super.resolveKeyGenerator(type);
    }
}
