// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.validation.InvalidArgument;
import io.micronaut.context.processor.ExecutableMethodProcessor;
import io.micronaut.core.annotation.AnnotationMetadata;
import io.micronaut.inject.BeanDefinition;
import io.micronaut.inject.ExecutableMethod;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the settings of {@link Idempotent} methods, and checks those of every method at the start. */
@Singleton
final class IdempotentSettings implements ExecutableMethodProcessor<Idempotent> {

    /** By name, because a program without HTTP lacks it. */
    private static final String ROUTE = "io.micronaut.http.annotation.HttpMethodMapping";

    /**
     * Checks the settings of a method.
     *
     * @throws InvalidSetting if one is out of its bounds
     */
    @Override
    public void process(BeanDefinition<?> beanDefinition, ExecutableMethod<?, ?> method) {
        var name = "@Idempotent of %s.%s".formatted(method.getDeclaringType().getName(), method.getMethodName());
        if (hasKey(method)) {
            if (method.isSuspend()) {
                throw new InvalidSetting(name, "with a key needs a method that is not suspended");
            }
        } else if (!method.hasStereotype(ROUTE)) {
            throw new InvalidSetting(name, "needs a key, because the method is not a route");
        } else if (method.isPresent(Idempotent.class, "scope") || method.isPresent(Idempotent.class, "fingerprint")) {
            throw new InvalidSetting(name, "has a scope or a fingerprint, but no key");
        }
        try {
            InvalidArgument.requireVisible("scope", scope(method), 0, IdempotencyKey.MAX_SCOPE_LENGTH);
            var _ = lease(method);
            var _ = lifetime(method);
            storedStatuses(method).forEach(status -> InvalidArgument.requireRange("storeStatuses", status, 100, 599));
        } catch (InvalidArgument e) {
            throw new InvalidSetting(name, e.field() + " " + e.getMessage());
        }
    }

    static boolean hasKey(AnnotationMetadata method) {
        return method.isPresent(Idempotent.class, "key");
    }

    /** Returns the scope; empty if the annotation has none. */
    static String scope(AnnotationMetadata method) {
        return method.stringValue(Idempotent.class, "scope").orElse("");
    }

    static ClaimLease lease(AnnotationMetadata method) {
        return new ClaimLease(number(method, "leaseMillis"));
    }

    static Lifetime lifetime(AnnotationMetadata method) {
        return new Lifetime(number(method, "ttlSeconds"));
    }

    static Set<Integer> storedStatuses(AnnotationMetadata method) {
        return Arrays.stream(method.getValue(Idempotent.class, "storeStatuses", int[].class)
                        .orElseGet(() -> new int[0]))
                .boxed()
                .collect(Collectors.toSet());
    }

    private static long number(AnnotationMetadata method, String setting) {
        return method.getValue(Idempotent.class, setting, Long.class).orElseThrow();
    }
}
