package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelEvent;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.channel.PublishOutcome;
import dev.gatehouse.realtime.channel.WaitingChannelLog;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Delivers to the WebSockets of this process, which may be one of several: each follows the logs of the channels that its
 * WebSockets have joined. Events of this process arrive at once, those of another within {@value
 * WaitingChannelLog#LONGEST_PAUSE_MILLIS} ms and a round trip.
 */
public final class FeedDelivery implements SocketDelivery {

    /** The maximum number of channels of a tenant that are followed. */
    private static final int MAX_FEEDS = 100_000;

    /** Signals are kept only until all processes have read them. */
    private static final Keep SIGNALS = new Keep(500, 60);

    private record Key(String tenant, ChannelName channel) {}

    private final WaitingChannelLog events;
    private final WaitingChannelLog signals;
    private final BiConsumer<SocketUser, String> sender;
    private final Map<Key, ChannelFeed> eventFeeds = new ConcurrentHashMap<>();
    private final Map<Key, ChannelFeed> signalFeeds = new ConcurrentHashMap<>();

    /**
     * Creates a delivery without WebSockets.
     *
     * @param signals logs of the same channels, apart from {@code events}
     * @param sender sends a message without blocking
     * @param budget the time limit of each read
     */
    public FeedDelivery(ChannelLog events, ChannelLog signals, BiConsumer<SocketUser, String> sender, Duration budget) {
        this.events = new WaitingChannelLog(events, MAX_FEEDS, budget);
        this.signals = new WaitingChannelLog(signals, MAX_FEEDS, budget);
        this.sender = sender;
    }

    @Override
    public CompletionStage<Void> send(SocketUser user, String message, Deadline deadline) {
        sender.accept(user, message);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> subscribe(SocketUser user, ChannelName channel, Deadline deadline) {
        var none = new CompletableFuture<Void>();
        return signals.catchUp(user.tenant(), channel, Optional.empty(), 1, none, Duration.ZERO, deadline)
                .thenApply(decision -> {
                    if (decision instanceof Decided<CatchUp>(var present, var _)) {
                        add(signalFeeds, user, channel, present.at());
                        return true;
                    }
                    return false;
                });
    }

    @Override
    public void follow(SocketUser user, ChannelName channel, Position at) {
        add(eventFeeds, user, channel, at);
    }

    private void add(Map<Key, ChannelFeed> feeds, SocketUser user, ChannelName channel, Position at) {
        feeds.compute(new Key(user.tenant(), channel), (key, present) -> {
            var feed = present != null
                    ? present
                    : feeds == eventFeeds
                            ? new ChannelFeed(
                                    events,
                                    key.tenant,
                                    channel,
                                    event -> ServerMessage.event(channel, event),
                                    lost -> ServerMessage.caughtUp(channel, lost),
                                    sender)
                            : new ChannelFeed(signals, key.tenant, channel, ChannelEvent::data, null, sender);
            feed.add(user, at);
            return feed;
        });
    }

    @Override
    public void unsubscribe(SocketUser user, ChannelName channel) {
        var key = new Key(user.tenant(), channel);
        eventFeeds.computeIfPresent(key, (_, feed) -> feed.remove(user) ? null : feed);
        signalFeeds.computeIfPresent(key, (_, feed) -> feed.remove(user) ? null : feed);
    }

    @Override
    public CompletionStage<Decision<PublishOutcome>> publish(
            SocketUser by, ChannelName channel, Publication publication, Deadline deadline) {
        return events.publish(by.tenant(), channel, publication, deadline);
    }

    @Override
    public CompletionStage<Void> signal(SocketUser by, ChannelName channel, String message, Deadline deadline) {
        var signal = Publication.of("signal", message).from(by.connectionId()).keeping(SIGNALS);
        return signals.publish(by.tenant(), channel, signal, deadline).thenAccept(_ -> {});
    }

    /** Returns the number of channels that are followed. */
    int feeds() {
        return eventFeeds.size();
    }
}
