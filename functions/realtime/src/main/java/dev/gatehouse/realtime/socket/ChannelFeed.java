package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelEvent;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.WaitingChannelLog;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log of a channel for all WebSockets of this process: one reader for any number of them. Each gets the events after
 * its own position, in order and once, apart from those that are from its own connection. While Redis does not reply, nothing is
 * delivered and nothing is lost.
 */
final class ChannelFeed {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelFeed.class);
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final WaitingChannelLog log;
    private final String tenant;
    private final ChannelName channel;
    private final Function<ChannelEvent, String> message;
    private final @Nullable Function<CatchUp, String> loss;
    private final BiConsumer<SocketUser, String> sender;

    /** The followers, with the offset of the last event that each has. */
    private final Map<SocketUser, Long> followers = new HashMap<>();

    /** The WebSockets that are behind this feed and follow once they have caught up, with the position of each. */
    private final Map<SocketUser, Position> behind = new HashMap<>();

    private @Nullable Position at;
    private CompletableFuture<Void> cancellation = new CompletableFuture<>();

    /**
     * Creates a feed without followers.
     *
     * @param message returns the message for an event
     * @param loss returns the message if events may be missing; null for none
     * @param sender sends a message without blocking
     */
    ChannelFeed(
            WaitingChannelLog log,
            String tenant,
            ChannelName channel,
            Function<ChannelEvent, String> message,
            @Nullable Function<CatchUp, String> loss,
            BiConsumer<SocketUser, String> sender) {
        this.log = log;
        this.tenant = tenant;
        this.channel = channel;
        this.message = message;
        this.loss = loss;
        this.sender = sender;
    }

    /** Delivers the events after {@code from}. */
    synchronized void add(SocketUser user, Position from) {
        var current = at;
        if (current == null) {
            at = from;
            followers.put(user, from.offset());
            poll(from);
        } else if (from.offset() >= current.offset()) {
            followers.put(user, from.offset());
        } else {
            behind.put(user, from);
            var _ = orUnavailable(read(from)).thenAccept(decision -> bridge(user, from, decision));
        }
    }

    /** Sends the events up to the position of this feed, then adds the follower. */
    private synchronized void bridge(SocketUser user, Position from, Decision<CatchUp> decision) {
        if (!from.equals(behind.get(user))) {
            // Removed meanwhile, and perhaps added at another position.
            return;
        }
        if (!(decision instanceof Decided<CatchUp>(var missed, var _))) {
            CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> bridgeAgain(user, from));
            return;
        }
        behind.remove(user);
        if (missed.recovered() && missed.events().isEmpty()) {
            // The log began anew, and this feed has not read it yet.
            followers.put(user, from.offset());
        } else {
            deliver(user, missed);
            add(user, missed.at());
        }
    }

    private synchronized void bridgeAgain(SocketUser user, Position from) {
        if (behind.remove(user, from)) {
            add(user, from);
        }
    }

    private void deliver(SocketUser user, CatchUp missed) {
        missed.events().forEach(event -> send(user, event));
        if (!missed.recovered() && loss != null) {
            send(user, loss.apply(missed));
        }
    }

    private void send(SocketUser user, ChannelEvent event) {
        if (!event.from().equals(Optional.of(user.connectionId()))) {
            send(user, message.apply(event));
        }
    }

    private void send(SocketUser user, String text) {
        try {
            sender.accept(user, text);
        } catch (RuntimeException e) {
            // The other followers must get it nevertheless.
            LOG.warn("A message to a WebSocket was not sent", e);
        }
    }

    /** Ends the delivery. Returns whether no follower is left. */
    synchronized boolean remove(SocketUser user) {
        followers.remove(user);
        behind.remove(user);
        if (isUnused()) {
            cancellation.complete(null);
        }
        return isUnused();
    }

    private boolean isUnused() {
        return followers.isEmpty() && behind.isEmpty();
    }

    private void poll(Position from) {
        cancellation = new CompletableFuture<>();
        var _ = orUnavailable(log.catchUp(
                        tenant,
                        channel,
                        Optional.of(from),
                        ChannelLog.MAX_LIMIT,
                        cancellation,
                        WAIT,
                        Deadline.in(WAIT.plus(PAUSE))))
                .thenAccept(decision -> continueAfter(from, decision));
    }

    private CompletionStage<Decision<CatchUp>> read(Position from) {
        return log.catchUp(
                tenant,
                channel,
                Optional.of(from),
                ChannelLog.MAX_LIMIT,
                cancellation,
                Duration.ZERO,
                Deadline.in(Duration.ofSeconds(5)));
    }

    /** Returns a stage that does not fail, since the feed would end with it. */
    private static CompletionStage<Decision<CatchUp>> orUnavailable(CompletionStage<Decision<CatchUp>> stage) {
        return stage.exceptionally(failure -> {
            LOG.warn("A channel could not be read", failure);
            return new Unavailable<>(PAUSE);
        });
    }

    private synchronized void continueAfter(Position from, Decision<CatchUp> decision) {
        if (isUnused()) {
            at = null;
        } else if (decision instanceof Decided<CatchUp>(var next, var _)) {
            for (var follower : followers.entrySet()) {
                deliver(follower, next);
            }
            at = next.at();
            poll(next.at());
        } else {
            CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> pollAgain(from));
        }
    }

    private synchronized void pollAgain(Position from) {
        if (isUnused()) {
            at = null;
        } else {
            poll(from);
        }
    }

    private void deliver(Map.Entry<SocketUser, Long> follower, CatchUp next) {
        for (var event : next.events()) {
            if (event.at().offset() > follower.getValue()) {
                send(follower.getKey(), event);
            }
        }
        if (!next.recovered() && loss != null) {
            send(follower.getKey(), loss.apply(next));
        }
        follower.setValue(
                next.recovered()
                        ? Math.max(follower.getValue(), next.at().offset())
                        : next.at().offset());
    }
}
