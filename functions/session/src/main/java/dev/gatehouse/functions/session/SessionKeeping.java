package dev.gatehouse.functions.session;

import dev.gatehouse.fallback.Outage;
import dev.gatehouse.fallback.WhenDown;
import dev.gatehouse.redis.InvalidSetting;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.LocalSessions;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SeenSessions;
import dev.gatehouse.session.Sessions;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;

/** The sessions as the environment wants them. Made at the start, so that a wrong setting ends it; they connect to nothing. */
@Factory
final class SessionKeeping {

    @Context
    Sessions sessions(
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage,
            @Property(name = "gatehouse.sessions-when-down", defaultValue = "local") String whenDown) {
        var remembers = policy(whenDown) == WhenDown.LOCAL;
        if (!settings.enabled()) {
            return new LocalSessions();
        }
        var seen = new SeenSessions(remembers ? SeenSessions.DEFAULT_MAX_BYTES : 0);
        outage.get().onRecovery(seen::clear);
        return new GuardedSessions(new RedisSessions(link.get()), seen);
    }

    private static WhenDown policy(String value) {
        return switch (value) {
            case "local" -> WhenDown.LOCAL;
            case "closed" -> WhenDown.CLOSED;
            default -> throw new InvalidSetting("GATEHOUSE_SESSIONS_WHEN_DOWN", "must be local or closed");
        };
    }
}
