// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.method;

import dev.gatehouse.cache.CacheStore;
import dev.gatehouse.cache.CachedExecutor;
import dev.gatehouse.cache.GuardedCache;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Provides the executor of a program that has none of its own. It does not connect. */
@Factory
final class CachedBeans {

    @Singleton
    @Requires(missingBeans = CachedExecutor.class)
    CachedExecutor cached(
            BeanProvider<CacheStore> cache,
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage,
            @Nullable @Property(name = "gatehouse.cache-when-down") String whenDown) {
        return cache.find(null)
                .map(found -> new CachedExecutor(found, settings.decisionBudget()))
                .orElseGet(() -> CachedExecutor.over(link.get(), outage.get(), GuardedCache.policy(whenDown)));
    }
}
