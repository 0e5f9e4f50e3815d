package dev.gatehouse.local;

import dev.gatehouse.authorizer.Gate;
import dev.gatehouse.authorizer.GateSettings;
import dev.gatehouse.authorizer.LocalAuthorizer;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.LocalSessions;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.Sessions;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.env.Environment;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/**
 * Creates the gate of the example's route, with the authorizer function's settings and the sessions, limits and
 * policies of the other routes. An invalid setting fails the start. The gate does not connect.
 */
@Factory
final class Gatekeeping {

    @Context
    Gate gate(
            Environment environment,
            RedisSettings redis,
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage,
            RateLimiter limiter,
            Policies policies,
            @Nullable Sessions sessions,
            @Nullable SessionCache seen) {
        var settings = settings(environment);
        if (!redis.enabled()) {
            var local = sessions == null ? new LocalSessions() : sessions;
            return new Gate(settings, new LocalAuthorizer(local, limiter), policies);
        }
        // Revocations clear the cache of the given sessions only; a second cache here would keep revoked sessions.
        var known = seen != null ? seen : sessions == null ? settings.seenSessions() : new SessionCache(0);
        var guarded = sessions == null ? new GuardedSessions(new RedisSessions(link.get()), known) : sessions;
        outage.get().onRecovery(known::clear);
        return Gate.over(link.get(), settings, guarded, known, policies, outage.get());
    }

    private static GateSettings settings(Environment environment) {
        var variables = new HashMap<String, String>();
        for (var name : GateSettings.NAMES) {
            environment.getProperty(Server.property(name), String.class).ifPresent(value -> variables.put(name, value));
        }
        return GateSettings.from(variables);
    }
}
