// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.micronaut;

import io.micronaut.context.annotation.EachProperty;
import io.micronaut.context.annotation.Parameter;
import io.micronaut.core.bind.annotation.Bindable;
import java.util.Optional;

/**
 * The settings of a cache, {@code gatehouse.caches.<name>}. Times are bounded as in {@link
 * dev.gatehouse.cache.CachedRequest}.
 *
 * @param scope the scope of its keys; if empty, its name
 * @param nulls whether a null, or an empty result, is cached too
 */
@EachProperty("gatehouse.caches")
record NamedCache(
        @Parameter String name,
        Optional<String> scope,
        @Bindable(defaultValue = "300") long freshSeconds,
        @Bindable(defaultValue = "0") long staleSeconds,
        @Bindable(defaultValue = "10000") long leaseMillis,
        @Bindable(defaultValue = "10000") long waitMillis,
        @Bindable(defaultValue = "0") long holdMillis,
        @Bindable(defaultValue = "false") boolean nulls) {

    String scopeOrName() {
        return scope.orElse(name);
    }
}
