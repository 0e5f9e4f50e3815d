// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.LocalChannelLog;
import dev.gatehouse.realtime.channel.RedisChannelLog;
import dev.gatehouse.realtime.channel.WaitingChannelLog;
import dev.gatehouse.realtime.presence.GuardedPresence;
import dev.gatehouse.realtime.presence.LocalPresence;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.FunctionRoutes;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Creates presence and logs. Presence is eager, so that an invalid setting fails the start; it does not connect. */
@Factory
final class RealtimeBeans {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("realtime", "/v1/presence/", "/v1/channels/");
    }

    @Context
    PresenceStore presence(
            RedisLink link, Outage outage, @Nullable @Property(name = "gatehouse.presence-when-down") String whenDown) {
        var policy = FallbackPolicy.of(
                "GATEHOUSE_PRESENCE_WHEN_DOWN", whenDown, FallbackPolicy.LOCAL, FallbackPolicy.CLOSED);
        return GuardedPresence.over(link, outage, policy == FallbackPolicy.CLOSED);
    }

    @Singleton
    ChannelLog channelLog(RedisLink link, PresenceStore presence) {
        return presence instanceof LocalPresence local
                ? new LocalChannelLog(local::connections)
                : new RedisChannelLog(link);
    }

    @Singleton
    WaitingChannelLog waitingChannelLog(ChannelLog log, RedisSettings settings) {
        return new WaitingChannelLog(log, WaitingChannelLog.DEFAULT_MAX_WAITERS, settings.decisionBudget());
    }
}
