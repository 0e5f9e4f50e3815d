package dev.gatehouse.session.http;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.LocalSessions;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.Sessions;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;

/** The sessions as the environment wants them. Made at the start, so that a wrong setting ends it; they connect to nothing. */
@Factory
final class SessionKeeping {

    /** Shared by all who look sessions up in this process, so that each hears of the others' revocations. */
    @Context
    SessionCache seenSessions(
            @Property(name = "gatehouse.sessions-when-down", defaultValue = "local") String whenDown) {
        return new SessionCache(policy(whenDown) == FallbackPolicy.LOCAL ? SessionCache.DEFAULT_MAX_BYTES : 0);
    }

    @Context
    Sessions sessions(
            RedisSettings settings, BeanProvider<RedisLink> link, BeanProvider<Outage> outage, SessionCache seen) {
        if (!settings.enabled()) {
            return new LocalSessions();
        }
        outage.get().onRecovery(seen::clear);
        return new GuardedSessions(new RedisSessions(link.get()), seen);
    }

    private static FallbackPolicy policy(String value) {
        return switch (value) {
            case "local" -> FallbackPolicy.LOCAL;
            case "closed" -> FallbackPolicy.CLOSED;
            default -> throw new InvalidSetting("GATEHOUSE_SESSIONS_WHEN_DOWN", "must be local or closed");
        };
    }
}
