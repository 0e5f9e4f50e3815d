// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.apikeys.KeyVerifier;
import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.authorizer.LocalAuthorizer;
import dev.gatehouse.authorizer.RequestAuthorizer;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.telemetry.LimitReporter;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.LocalSessions;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.telemetry.FunctionRoutes;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Creates the authorizer of the example's route, with the authorizer function's settings and the sessions, limits and
 * policies of the other routes. It does not connect.
 */
@Factory
final class ExampleAuthorizerFactory {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("authorizer", "/example/");
    }

    @Context
    RequestAuthorizer authorizer(
            AuthorizerSettings settings,
            RedisSettings redis,
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage,
            RateLimiter limiter,
            Policies policies,
            LimitReporter reporter,
            @Nullable SessionStore sessions,
            @Nullable SessionCache cache,
            KeyVerifier keys) {
        if (!redis.enabled()) {
            var local = sessions == null ? new LocalSessions(settings.onReuse()) : sessions;
            return new RequestAuthorizer(settings, new LocalAuthorizer(local, limiter), policies)
                    .withKeys(keys, limiter)
                    .reportingTo(reporter);
        }
        // Revocations clear the cache of the given sessions only; a second cache here would return revoked sessions.
        var sessionCache = cache != null ? cache : sessions == null ? settings.sessionCache() : new SessionCache(0);
        var guarded = sessions == null
                ? new GuardedSessions(new RedisSessions(link.get(), settings.onReuse()), sessionCache)
                : sessions;
        outage.get().onRecovery(sessionCache::clear);
        return RequestAuthorizer.over(link.get(), settings, guarded, sessionCache, policies, outage.get())
                .withKeys(keys, limiter)
                .reportingTo(reporter);
    }
}
