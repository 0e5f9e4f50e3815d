// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome;
import dev.gatehouse.redis.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A transport that only records what it should deliver. */
final class RecordedDelivery implements SocketDelivery {

    final Map<String, List<String>> sent = new TreeMap<>();
    final List<String> signals = new ArrayList<>();
    final List<String> subscriptions = new ArrayList<>();
    final List<Position> followed = new ArrayList<>();

    boolean canSubscribe = true;

    private final ChannelLog events;

    RecordedDelivery(ChannelLog events) {
        this.events = events;
    }

    @Override
    public CompletionStage<Void> send(SocketUser user, String message, Deadline deadline) {
        sent.computeIfAbsent(user.connectionId(), _ -> new ArrayList<>()).add(message);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> subscribe(SocketUser user, ChannelName channel, Deadline deadline) {
        if (canSubscribe) {
            subscriptions.add(user.connectionId() + " " + channel.value());
        }
        return CompletableFuture.completedFuture(canSubscribe);
    }

    @Override
    public void follow(SocketUser user, ChannelName channel, Position at) {
        followed.add(at);
    }

    @Override
    public void unsubscribe(SocketUser user, ChannelName channel) {
        subscriptions.remove(user.connectionId() + " " + channel.value());
    }

    @Override
    public CompletionStage<Decision<PublishOutcome>> publish(
            SocketUser by, ChannelName channel, Publication publication, Deadline deadline) {
        return events.publish(by.tenant(), channel, publication, deadline);
    }

    @Override
    public CompletionStage<Void> signal(SocketUser by, ChannelName channel, String message, Deadline deadline) {
        signals.add(message);
        return CompletableFuture.completedFuture(null);
    }
}
