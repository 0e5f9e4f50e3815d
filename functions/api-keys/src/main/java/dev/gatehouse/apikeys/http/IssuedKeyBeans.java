// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import dev.gatehouse.apikeys.GuardedIssuedKeys;
import dev.gatehouse.apikeys.IssuedKeyCache;
import dev.gatehouse.apikeys.IssuedKeyStore;
import dev.gatehouse.apikeys.KeyVerifier;
import dev.gatehouse.apikeys.LocalIssuedKeys;
import dev.gatehouse.apikeys.RedisIssuedKeys;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.telemetry.FunctionRoutes;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import jakarta.inject.Singleton;

/** Creates the beans of API keys. They are eager, so that an invalid setting fails the start; they do not connect. */
@Factory
final class IssuedKeyBeans {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("api-keys", "/v1/api-keys");
    }

    /** Creates the cache of the whole process, so that a revocation affects every verification. */
    @Context
    IssuedKeyCache issuedKeyCache(
            @Property(name = "gatehouse.issued-keys-when-down", defaultValue = "local") String whenDown) {
        var policy = FallbackPolicy.of(
                "GATEHOUSE_ISSUED_KEYS_WHEN_DOWN", whenDown, FallbackPolicy.LOCAL, FallbackPolicy.CLOSED);
        return new IssuedKeyCache(policy == FallbackPolicy.LOCAL ? IssuedKeyCache.DEFAULT_MAX_BYTES : 0);
    }

    @Context
    IssuedKeyStore issuedKeys(RedisLink link, Outage outage, IssuedKeyCache cache) {
        if (!link.settings().enabled()) {
            return new LocalIssuedKeys();
        }
        outage.onRecovery(cache::clear);
        return new GuardedIssuedKeys(new RedisIssuedKeys(link), cache);
    }

    @Context
    KeyVerifier keyVerifier(RedisLink link, IssuedKeyStore keys, IssuedKeyCache cache, RateLimiter limiter) {
        return limiter instanceof GuardedRateLimiter guarded
                ? KeyVerifier.over(link, keys, cache, guarded)
                : KeyVerifier.inMemory(keys, limiter);
    }
}
