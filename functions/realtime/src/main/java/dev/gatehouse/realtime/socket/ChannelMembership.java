// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.presence.Departures;
import dev.gatehouse.realtime.presence.EnterRequest;
import dev.gatehouse.realtime.presence.Entered;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Enters and leaves channels for WebSockets, and reports to the other members who joined and left. */
final class ChannelMembership {

    private final PresenceStore presence;
    private final ConnectionChannels channels;
    private final SocketDelivery delivery;
    private final long ttlSeconds;

    ChannelMembership(PresenceStore presence, ConnectionChannels channels, SocketDelivery delivery, long ttlSeconds) {
        this.presence = presence;
        this.channels = channels;
        this.delivery = delivery;
        this.ttlSeconds = ttlSeconds;
    }

    static CompletionStage<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Returns the request to enter.
     *
     * @param info JSON text for the other members; null to leave it as it is
     * @throws dev.gatehouse.validation.InvalidArgument if it is too long
     */
    EnterRequest request(SocketUser user, @Nullable String info) {
        return EnterRequest.of(user.connection(), ttlSeconds, Optional.ofNullable(info));
    }

    /**
     * The outcome of entering.
     *
     * @param departed the users who departed before
     * @param degraded whether Redis did not reply
     */
    record Entry(List<String> departed, boolean degraded) {}

    /** Enters a channel, or continues the presence in it. */
    CompletionStage<Entry> enter(SocketUser user, ChannelName channel, EnterRequest request, Deadline deadline) {
        return presence.enter(user.tenant(), channel, request, deadline).thenCompose(decision -> {
            if (!(decision instanceof Decided<Entered> decided)) {
                return CompletableFuture.completedStage(new Entry(List.of(), true));
            }
            var entered = decided.value();
            var reported = reportLeft(user, channel, entered.departed(), deadline);
            if (entered.joined()) {
                var joined = ServerMessage.joined(
                        channel, user.userId(), request.info().orElse(null));
                reported = reported.thenCompose(_ -> delivery.signal(user, channel, joined, deadline));
            }
            return reported.thenApply(_ -> new Entry(entered.departed(), decided.degraded()));
        });
    }

    CompletionStage<Void> leave(SocketUser user, ChannelName channel, Deadline deadline) {
        delivery.unsubscribe(user, channel);
        return channels.remove(user, channel, deadline)
                .thenCompose(_ -> presence.leave(user.tenant(), channel, List.of(user.connection()), deadline))
                .thenCompose(decision -> decision instanceof Decided<Departures>(var gone, var _)
                        ? reportLeft(user, channel, gone.departed(), deadline)
                                .thenCompose(_ -> reportLeft(user, channel, gone.left(), deadline))
                        : nothing());
    }

    /** Reports to the other members of a channel who left. */
    CompletionStage<Void> reportLeft(
            SocketUser by, ChannelName channel, Collection<String> userIds, Deadline deadline) {
        var reported = nothing();
        for (var userId : userIds) {
            reported = reported.thenCompose(
                    _ -> delivery.signal(by, channel, ServerMessage.left(channel, userId), deadline));
        }
        return reported;
    }

    /**
     * Continues the presence in all channels, unless that was done within {@code interval}. Returns whether Redis did not reply
     * for one of them.
     */
    CompletionStage<Boolean> heartbeat(SocketUser user, Duration interval, Deadline deadline) {
        return channels.due(user, interval, deadline)
                .thenCompose(decision -> decision instanceof Decided<List<ChannelName>>(var due, var _)
                        ? heartbeat(user, due, deadline)
                        : CompletableFuture.completedStage(true));
    }

    private CompletionStage<Boolean> heartbeat(SocketUser user, List<ChannelName> due, Deadline deadline) {
        if (due.isEmpty()) {
            return CompletableFuture.completedStage(false);
        }
        var degraded = new AtomicBoolean();
        return inEach(due, channel -> enter(user, channel, request(user, null), deadline)
                        .thenCompose(entry -> {
                            if (entry.degraded()) {
                                degraded.set(true);
                            }
                            return sendLeft(user, channel, entry.departed(), deadline);
                        }))
                .thenCompose(_ -> leaveRemoved(user, due, deadline))
                .thenApply(_ -> degraded.get());
    }

    /** Leaves those of {@code entered} that a concurrent message has removed, since the heartbeat entered them again. */
    private CompletionStage<Void> leaveRemoved(SocketUser user, List<ChannelName> entered, Deadline deadline) {
        return channels.all(user, deadline)
                .thenCompose(decision -> decision instanceof Decided<List<ChannelName>>(var present, var _)
                        ? inEach(
                                entered.stream()
                                        .filter(channel -> !present.contains(channel))
                                        .toList(),
                                channel -> leave(user, channel, deadline))
                        : nothing());
    }

    /** Sends to one member who left, because a signal of its own does not reach it. */
    private CompletionStage<Void> sendLeft(
            SocketUser to, ChannelName channel, List<String> userIds, Deadline deadline) {
        var sent = nothing();
        for (var userId : userIds) {
            if (!userId.equals(to.userId())) {
                sent = sent.thenCompose(_ -> delivery.send(to, ServerMessage.left(channel, userId), deadline));
            }
        }
        return sent;
    }

    /** Leaves all channels. */
    CompletionStage<Void> leaveAll(SocketUser user, Deadline deadline) {
        return channels.all(user, deadline)
                .thenCompose(decision -> decision instanceof Decided<List<ChannelName>>(var all, var _)
                        ? inEach(all, channel -> leave(user, channel, deadline))
                        : nothing());
    }

    private static CompletionStage<Void> inEach(
            List<ChannelName> all, Function<ChannelName, CompletionStage<Void>> action) {
        return CompletableFuture.allOf(all.stream()
                .map(action)
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture[]::new));
    }
}
