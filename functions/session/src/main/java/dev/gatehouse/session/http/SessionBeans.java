// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.TokenReuse;
import dev.gatehouse.telemetry.FunctionRoutes;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Creates the session beans. They are eager, so that an invalid setting fails the start; they do not connect. */
@Factory
final class SessionBeans {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("session", "/v1/sessions");
    }

    /** Creates the cache of the whole process, so that a revocation affects every lookup. */
    @Context
    SessionCache sessionCache(@Nullable @Property(name = "gatehouse.sessions-when-down") String whenDown) {
        var policy = FallbackPolicy.of(
                "GATEHOUSE_SESSIONS_WHEN_DOWN", whenDown, FallbackPolicy.LOCAL, FallbackPolicy.CLOSED);
        return new SessionCache(policy == FallbackPolicy.LOCAL ? SessionCache.DEFAULT_MAX_BYTES : 0);
    }

    @Context
    SessionStore sessions(
            RedisLink link,
            Outage outage,
            SessionCache cache,
            @Nullable @Property(name = "gatehouse.session-reuse") String onReuse) {
        return GuardedSessions.over(link, outage, cache, TokenReuse.of(onReuse));
    }
}
