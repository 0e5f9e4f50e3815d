package dev.gatehouse.local;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.LocalChannelLog;
import dev.gatehouse.realtime.channel.RedisChannelLog;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.realtime.socket.ChannelRights;
import dev.gatehouse.realtime.socket.FeedDelivery;
import dev.gatehouse.realtime.socket.LocalConnectionChannels;
import dev.gatehouse.realtime.socket.SocketHandler;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.pubsub.RedisSubscriptions;
import dev.gatehouse.redis.pubsub.Subscriptions;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates what the WebSockets of this server need. Eager, so that an invalid setting fails the start; it does not connect. */
@Factory
final class SocketBeans {

    /** The time after which the connections of a server that crashed are absent. */
    private static final long TTL_SECONDS = 60;

    private static final Duration HEARTBEAT = Duration.ofSeconds(TTL_SECONDS / 3);

    @Singleton
    @Bean(preDestroy = "close")
    Subscriptions subscriptions(RedisSettings settings) {
        return settings.enabled() ? new RedisSubscriptions(settings) : Subscriptions.NONE;
    }

    @Context
    @Bean(preDestroy = "close")
    OpenSockets sockets(
            RedisLink link,
            RedisSettings settings,
            Subscriptions subscriptions,
            PresenceStore presence,
            ChannelLog events,
            AuthorizerSettings authorizer,
            @Nullable @Property(name = "gatehouse.channels") String channels) {
        ChannelLog signals =
                settings.enabled() ? RedisChannelLog.ofSignals(link) : new LocalChannelLog((_, _) -> List.of());
        var sockets = new OpenSockets(authorizer.tenant(), settings.decisionBudget(), HEARTBEAT);
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
                TTL_SECONDS));
        return sockets;
    }
}
