// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.micronaut;

import dev.gatehouse.cache.method.MethodLoader;
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
import io.micronaut.core.util.ArrayUtils;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
        return beans.getBean(MethodLoader.class).intercept(context, cache.get().entry(() -> key(context)));
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
