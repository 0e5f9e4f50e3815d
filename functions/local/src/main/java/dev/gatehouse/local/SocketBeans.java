// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.LocalChannelLog;
import dev.gatehouse.realtime.channel.RedisChannelLog;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.realtime.socket.ChannelRights;
import dev.gatehouse.realtime.socket.ChannelSignals;
import dev.gatehouse.realtime.socket.FeedDelivery;
import dev.gatehouse.realtime.socket.LocalConnectionChannels;
import dev.gatehouse.realtime.socket.SocketHandler;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.EnvironmentVariables;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.pubsub.RedisSubscriptions;
import dev.gatehouse.redis.pubsub.Subscriptions;
import dev.gatehouse.session.SessionStore;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Creates what the WebSockets of this server need. Eager, so that an invalid setting fails the start; it does not connect. */
@Factory
final class SocketBeans {

    private static final String HEARTBEAT = "GATEHOUSE_WEBSOCKET_HEARTBEAT";
    private static final int MAX_HEARTBEAT_SECONDS = 300;

    /** The connections of a server that crashed are absent after as many heartbeats. */
    private static final int HEARTBEATS = 3;

    @Singleton
    ChannelSignals signals(RedisLink link, RedisSettings settings) {
        return new ChannelSignals(
                settings.enabled() ? RedisChannelLog.ofSignals(link) : new LocalChannelLog((_, _) -> List.of()));
    }

    @Singleton
    @Bean(preDestroy = "close")
    Subscriptions subscriptions(RedisSettings settings) {
        return settings.enabled() ? new RedisSubscriptions(settings) : Subscriptions.NONE;
    }

    @Context
    @Bean(preDestroy = "close")
    OpenSockets sockets(
            RedisSettings settings,
            Subscriptions subscriptions,
            PresenceStore presence,
            ChannelLog events,
            ChannelSignals signals,
            SessionStore sessions,
            AuthorizerSettings authorizer,
            @Nullable @Property(name = "gatehouse.websocket-heartbeat") String heartbeat,
            @Nullable @Property(name = "gatehouse.channels") String channels) {
        int seconds = new EnvironmentVariables(heartbeat == null ? Map.of() : Map.of(HEARTBEAT, heartbeat))
                .integer(HEARTBEAT, 20, 1, MAX_HEARTBEAT_SECONDS);
        var sockets = new OpenSockets(
                authorizer.tenant(),
                settings.decisionBudget(),
                Duration.ofSeconds(seconds),
                new SessionCheck(sessions, authorizer.tenant()));
        var delivery = new FeedDelivery(events, signals, subscriptions, sockets::send, settings.decisionBudget());
        // A connection has one server, which limits its messages alone.
        var limiter = new LocalRateLimiter();
        sockets.handleWith(new SocketHandler(
                presence,
                events,
                new LocalConnectionChannels(),
                ChannelRights.of(channels),
                limiter,
                delivery,
                (long) HEARTBEATS * seconds));
        return sockets;
    }
}
