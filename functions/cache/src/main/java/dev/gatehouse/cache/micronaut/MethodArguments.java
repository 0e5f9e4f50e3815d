// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.micronaut;

import io.micronaut.cache.interceptor.DefaultCacheKeyGenerator;
import io.micronaut.cache.interceptor.ParametersKey;
import io.micronaut.core.annotation.AnnotationMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key that shows its arguments. For other caches it equals the key that Micronaut generates. */
final class MethodArguments extends ParametersKey {

    private static final long serialVersionUID = 1;

    private final transient List<@Nullable Object> values = new ArrayList<>();

    private MethodArguments(Object... values) {
        super(values);
        for (var value : values) {
            this.values.add(value);
        }
    }

    List<@Nullable Object> values() {
        return values;
    }

    /** Generates Micronaut's default keys. */
    static final class Generator extends DefaultCacheKeyGenerator {

        @Override
        public Object generateKey(AnnotationMetadata annotationMetadata, Object... params) {
            var key = super.generateKey(annotationMetadata, params);
            return key instanceof ParametersKey ? new MethodArguments(params) : key;
        }
    }
}
