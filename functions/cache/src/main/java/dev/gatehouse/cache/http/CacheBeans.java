// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import dev.gatehouse.cache.CacheStore;
import dev.gatehouse.cache.GuardedCache;
import dev.gatehouse.cache.WaitingCache;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.FunctionRoutes;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Creates the cache. The bean is eager, so that an invalid setting fails the start; it does not connect. */
@Factory
final class CacheBeans {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("cache", "/v1/cache/");
    }

    @Context
    CacheStore cache(
            RedisLink link, Outage outage, @Nullable @Property(name = "gatehouse.cache-when-down") String whenDown) {
        return GuardedCache.over(link, outage, GuardedCache.policy(whenDown));
    }

    @Singleton
    WaitingCache waitingCache(CacheStore cache, RedisSettings settings) {
        return new WaitingCache(cache, DecisionWaiters.DEFAULT_MAX_WAITERS, settings.decisionBudget());
    }
}
