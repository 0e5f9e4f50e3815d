// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.annotation;

import dev.gatehouse.cache.CacheCodec;
import dev.gatehouse.cache.CacheKey;
import dev.gatehouse.cache.CachedRequest;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.validation.InvalidArgument;
import io.micronaut.context.processor.ExecutableMethodProcessor;
import io.micronaut.core.annotation.AnnotationMetadata;
import io.micronaut.inject.BeanDefinition;
import io.micronaut.inject.ExecutableMethod;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the settings of {@link Cached} methods, and checks those of every method at the start. */
@Singleton
final class CachedSettings implements ExecutableMethodProcessor<Cached> {

    /** Checks bounds only. */
    private static final CacheCodec<byte[]> UNUSED = new CacheCodec<>() {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] json) {
            return json;
        }
    };

    /**
     * Checks the settings of a method.
     *
     * @throws InvalidSetting if one is out of its bounds
     */
    @Override
    public void process(BeanDefinition<?> beanDefinition, ExecutableMethod<?, ?> method) {
        var name = "@Cached of %s.%s".formatted(method.getDeclaringType().getName(), method.getMethodName());
        if (method.getReturnType().isVoid() || method.isSuspend()) {
            throw new InvalidSetting(name, "needs a result to cache");
        }
        try {
            var key = CacheKey.of(Optional.of(scope(method)), "any");
            var _ = request(method, key, UNUSED, constantTags(method));
        } catch (InvalidArgument e) {
            throw new InvalidSetting(name, e.field() + " " + e.getMessage());
        }
    }

    static String scope(AnnotationMetadata method) {
        return method.stringValue(Cached.class, "scope").orElseThrow();
    }

    static <T> CachedRequest<T> request(
            AnnotationMetadata method, CacheKey key, CacheCodec<T> codec, Set<String> tags) {
        return new CachedRequest<>(
                key,
                codec,
                number(method, "freshSeconds"),
                number(method, "staleSeconds"),
                tags,
                number(method, "leaseMillis"),
                number(method, "waitMillis"),
                number(method, "holdMillis"),
                true);
    }

    private static long number(AnnotationMetadata method, String setting) {
        return method.getValue(Cached.class, setting, Long.class).orElseThrow();
    }

    /** Returns the tags if they have no expressions, which need arguments. */
    private static Set<String> constantTags(AnnotationMetadata method) {
        return method.findAnnotation(Cached.class).stream()
                .flatMap(annotation -> annotation.getValues().entrySet().stream())
                .filter(member -> "tags".contentEquals(member.getKey()))
                .flatMap(member -> member.getValue() instanceof String[] tags ? Stream.of(tags) : Stream.empty())
                .collect(Collectors.toSet());
    }
}
