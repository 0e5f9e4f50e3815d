// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelEvent;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Jitter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
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

    /** The longest pause between reads while a subscription wakes this feed, in case that it misses a message. */
    static final long SUBSCRIBED_PAUSE_MILLIS = 5_000;

    /** The longest pause between reads without a subscription. */
    static final long PAUSE_MILLIS = 100;

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);

    private final ChannelLog log;
    private final Duration budget;
    private final String tenant;
    private final ChannelName channel;
    private final Function<ChannelEvent, String> message;
    private final @Nullable Function<CatchUp, String> loss;
    private final BiConsumer<SocketUser, String> sender;

    /** The followers, with the offset of the last event that each has. */
    private final Map<SocketUser, Long> followers = new HashMap<>();

    /** The WebSockets that are behind this feed and follow once they have caught up, with the position of each. */
    private final Map<SocketUser, Position> behind = new HashMap<>();

    private final BooleanSupplier isSubscribed;

    private @Nullable Position at;

    /** Ends the current pause when it completes. */
    private CompletableFuture<Void> pause = new CompletableFuture<>();

    private boolean isWoken;

    /**
     * Creates a feed without followers.
     *
     * @param budget the time limit of each read
     * @param isSubscribed returns whether a subscription calls {@link #wake} after each publication
     * @param message returns the message for an event
     * @param loss returns the message if events may be missing; null for none
     * @param sender sends a message without blocking
     */
    ChannelFeed(
            ChannelLog log,
            Duration budget,
            BooleanSupplier isSubscribed,
            String tenant,
            ChannelName channel,
            Function<ChannelEvent, String> message,
            @Nullable Function<CatchUp, String> loss,
            BiConsumer<SocketUser, String> sender) {
        this.log = log;
        this.budget = budget;
        this.isSubscribed = isSubscribed;
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
            follow(from);
        } else if (from.offset() >= current.offset()) {
            followers.put(user, from.offset());
        } else {
            behind.put(user, from);
            var _ = read(from).thenAccept(decision -> bridge(user, from, decision));
        }
    }

    /** Sends the events up to the position of this feed, then adds the follower. */
    private synchronized void bridge(SocketUser user, Position from, Decision<CatchUp> decision) {
        if (!from.equals(behind.get(user))) {
            // Removed meanwhile, and perhaps added at another position.
            return;
        }
        if (!(decision instanceof Decided<CatchUp>(var missed, var _))) {
            CompletableFuture.delayedExecutor(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)
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
        for (var event : missed.events()) {
            if (!isOwn(user, event)) {
                send(user, message.apply(event));
            }
        }
        if (!missed.recovered() && loss != null) {
            send(user, loss.apply(missed));
        }
    }

    private static boolean isOwn(SocketUser user, ChannelEvent event) {
        return event.from().isPresent() && event.from().get().equals(user.connectionId());
    }

    private void send(SocketUser user, String text) {
        try {
            sender.accept(user, text);
        } catch (RuntimeException | Error e) {
            // The other followers must get it nevertheless, and the feed must go on.
            LOG.warn("A message to a WebSocket was not sent", e);
        }
    }

    /** Ends the delivery. Returns whether no follower is left. */
    synchronized boolean remove(SocketUser user) {
        followers.remove(user);
        behind.remove(user);
        if (isUnused()) {
            pause.complete(null);
        }
        return isUnused();
    }

    private boolean isUnused() {
        return followers.isEmpty() && behind.isEmpty();
    }

    /** Reads the log now, because it may have new events. */
    synchronized void wake() {
        isWoken = true;
        pause.complete(null);
    }

    private void follow(Position from) {
        isWoken = false;
        var _ = read(from).thenAccept(decision -> continueAfter(from, decision));
    }

    /** Returns a stage that does not fail, since the feed would end with it. */
    private CompletionStage<Decision<CatchUp>> read(Position from) {
        return log.catchUp(tenant, channel, Optional.of(from), ChannelLog.MAX_LIMIT, Deadline.in(budget))
                .exceptionally(failure -> {
                    LOG.warn("A channel could not be read", failure);
                    return new Unavailable<>(PAUSE_AFTER_FAILURE);
                });
    }

    private synchronized void continueAfter(Position from, Decision<CatchUp> decision) {
        if (isUnused()) {
            at = null;
        } else if (decision instanceof Decided<CatchUp>(var next, var _)) {
            deliver(next);
            at = next.at();
            followAfter(next.more() ? Duration.ZERO : pause(), next.at());
        } else {
            followAfter(PAUSE_AFTER_FAILURE, from);
        }
    }

    /** Spreads the reads of feeds that began together. */
    private Duration pause() {
        long longest = isSubscribed.getAsBoolean() ? SUBSCRIBED_PAUSE_MILLIS : PAUSE_MILLIS;
        return Duration.ofMillis(Jitter.between(longest / 2, longest + 1));
    }

    private void followAfter(Duration time, Position from) {
        pause = new CompletableFuture<>();
        if (isWoken) {
            pause.complete(null);
        }
        var _ = pause.completeOnTimeout(null, time.toMillis(), TimeUnit.MILLISECONDS)
                .thenRunAsync(() -> followAgain(from));
    }

    private synchronized void followAgain(Position from) {
        if (isUnused()) {
            at = null;
        } else {
            follow(from);
        }
    }

    /** Sends the events to each follower, each of which is written as JSON once. */
    private void deliver(CatchUp next) {
        for (var event : next.events()) {
            var text = message.apply(event);
            followers.forEach((user, offset) -> {
                if (event.at().offset() > offset && !isOwn(user, event)) {
                    send(user, text);
                }
            });
        }
        if (!next.recovered() && loss != null) {
            var text = loss.apply(next);
            followers.keySet().forEach(user -> send(user, text));
        }
        long reached = next.at().offset();
        followers.replaceAll((_, offset) -> next.recovered() ? Math.max(offset, reached) : Long.valueOf(reached));
    }
}
