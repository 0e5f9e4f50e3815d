// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelEvent;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome;
import dev.gatehouse.realtime.channel.RedisChannelLog;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.pubsub.Subscriptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Delivers to the WebSockets of this process, which may be one of several: each follows the logs of the channels that its
 * WebSockets have joined, with one reader for a log. Subscriptions wake the readers; without them a reader reads every {@value
 * ChannelFeed#PAUSE_MILLIS} ms at the latest.
 */
public final class FeedDelivery implements SocketDelivery {

    private record Key(String tenant, ChannelName channel) {}

    /** The followed logs of one kind. */
    private final class Feeds {

        final ChannelLog log;
        private final String kind;
        private final Map<Key, ChannelFeed> feeds = new ConcurrentHashMap<>();

        Feeds(ChannelLog log, String kind) {
            this.log = log;
            this.kind = kind;
        }

        void add(SocketUser user, ChannelName channel, Position at) {
            feeds.compute(new Key(user.tenant(), channel), (key, present) -> {
                var feed = present == null ? begin(key) : present;
                feed.add(user, at);
                return feed;
            });
        }

        private ChannelFeed begin(Key key) {
            var name = key.channel.redisKey(key.tenant, kind);
            var feed = kind.equals(RedisChannelLog.EVENTS)
                    ? new ChannelFeed(
                            log,
                            budget,
                            () -> subscriptions.isActive(name),
                            key.tenant,
                            key.channel,
                            event -> ServerMessage.event(key.channel, event),
                            lost -> ServerMessage.caughtUp(key.channel, lost),
                            sender)
                    : new ChannelFeed(
                            log,
                            budget,
                            () -> subscriptions.isActive(name),
                            key.tenant,
                            key.channel,
                            ChannelEvent::data,
                            null,
                            sender);
            subscriptions.subscribe(name, feed::wake);
            return feed;
        }

        void remove(SocketUser user, ChannelName channel) {
            feeds.computeIfPresent(new Key(user.tenant(), channel), (key, feed) -> {
                if (!feed.remove(user)) {
                    return feed;
                }
                subscriptions.unsubscribe(key.channel.redisKey(key.tenant, kind));
                return null;
            });
        }

        CompletionStage<Decision<PublishOutcome>> publish(
                String tenant, ChannelName channel, Publication publication, Deadline deadline) {
            return log.publish(tenant, channel, publication, deadline).whenComplete((_, _) -> {
                var feed = feeds.get(new Key(tenant, channel));
                if (feed != null && !subscriptions.isActive(channel.redisKey(tenant, kind))) {
                    feed.wake();
                }
            });
        }
    }

    private final Feeds events;
    private final Feeds signals;
    private final BiConsumer<SocketUser, String> sender;
    private final Duration budget;
    private final Subscriptions subscriptions;

    /**
     * Creates a delivery without WebSockets.
     *
     * @param subscriptions to the keys of the logs, as {@link RedisChannelLog} publishes
     * @param sender sends a message without blocking
     * @param budget the time limit of each read
     */
    public FeedDelivery(
            ChannelLog events,
            ChannelSignals signals,
            Subscriptions subscriptions,
            BiConsumer<SocketUser, String> sender,
            Duration budget) {
        this.events = new Feeds(events, RedisChannelLog.EVENTS);
        this.signals = new Feeds(signals.log(), RedisChannelLog.SIGNALS);
        this.subscriptions = subscriptions;
        this.sender = sender;
        this.budget = budget;
    }

    @Override
    public CompletionStage<Void> send(SocketUser user, String message, Deadline deadline) {
        sender.accept(user, message);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> subscribe(SocketUser user, ChannelName channel, Deadline deadline) {
        return signals.log
                .catchUp(user.tenant(), channel, Optional.empty(), 1, deadline)
                .thenApply(decision -> {
                    if (decision instanceof Decided<CatchUp>(var present, var _)) {
                        signals.add(user, channel, present.at());
                        return true;
                    }
                    return false;
                });
    }

    @Override
    public void follow(SocketUser user, ChannelName channel, Position at) {
        events.add(user, channel, at);
    }

    @Override
    public void unsubscribe(SocketUser user, ChannelName channel) {
        events.remove(user, channel);
        signals.remove(user, channel);
    }

    @Override
    public CompletionStage<Decision<PublishOutcome>> publish(
            SocketUser by, ChannelName channel, Publication publication, Deadline deadline) {
        return events.publish(by.tenant(), channel, publication, deadline);
    }

    @Override
    public CompletionStage<Void> signal(SocketUser by, ChannelName channel, String message, Deadline deadline) {
        var signal = ChannelSignals.publication(message).from(by.connectionId());
        return signals.publish(by.tenant(), channel, signal, deadline).thenAccept(_ -> {});
    }

    /** Returns the number of channels that are followed. */
    int feeds() {
        return events.feeds.size();
    }
}
