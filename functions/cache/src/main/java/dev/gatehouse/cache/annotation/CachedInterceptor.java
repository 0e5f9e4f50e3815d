// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.annotation;

import dev.gatehouse.cache.CacheKey;
import dev.gatehouse.cache.CacheWrite;
import dev.gatehouse.cache.CachedRequest;
import dev.gatehouse.cache.method.CacheKeyMapper;
import dev.gatehouse.cache.method.JsonCodec;
import dev.gatehouse.cache.method.MethodCache;
import dev.gatehouse.cache.method.MethodLoader;
import io.micronaut.aop.InterceptorBean;
import io.micronaut.aop.MethodInterceptor;
import io.micronaut.aop.MethodInvocationContext;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gets the results of {@link Cached} methods. */
@InterceptorBean(Cached.class)
final class CachedInterceptor implements MethodInterceptor<Object, Object> {

    private final MethodLoader loader;
    private final JsonMapper json;

    CachedInterceptor(MethodLoader loader, JsonMapper json) {
        this.loader = loader;
        this.json = json;
    }

    @Override
    public @Nullable Object intercept(MethodInvocationContext<Object, Object> context) {
        return loader.intercept(context, new Invocation(context, json));
    }

    private record Invocation(MethodInvocationContext<Object, Object> context, JsonMapper json) implements MethodCache {

        @Override
        public <T> CachedRequest<Optional<T>> request(Argument<T> type) {
            var tags = Arrays.stream(context.stringValues(Cached.class, "tags"))
                    .map(CacheWrite::tagOf)
                    .collect(Collectors.toSet());
            return CachedSettings.request(context, key(), new JsonCodec<>(json, type).optional(), tags);
        }

        private CacheKey key() {
            var keys = new CacheKeyMapper(CachedSettings.scope(context), json);
            return context.stringValue(Cached.class, "key")
                    .map(keys::map)
                    .orElseGet(() -> keys.map(Arrays.asList(context.getParameterValues())));
        }

        @Override
        public boolean nulls() {
            return context.isTrue(Cached.class, "nulls");
        }

        @Override
        public RuntimeException held(Duration retryAfter) {
            return new LoadHeld(CachedSettings.scope(context), retryAfter);
        }
    }
}
