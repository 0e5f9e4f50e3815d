package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stores the channels of the WebSockets of this process in memory. */
public final class LocalConnectionChannels implements ConnectionChannels {

    private final Map<SocketUser, Set<String>> channels = new ConcurrentHashMap<>();

    @Override
    public CompletionStage<Decision<Boolean>> add(SocketUser user, ChannelName channel, Deadline deadline) {
        var added = new AtomicBoolean();
        channels.compute(user, (_, present) -> {
            var names = present == null ? new ConcurrentSkipListSet<String>() : present;
            added.set(names.contains(channel.value()) || (names.size() < MAX_CHANNELS && names.add(channel.value())));
            return names;
        });
        return Decision.local(added.get());
    }

    @Override
    public CompletionStage<Decision<Boolean>> remove(SocketUser user, ChannelName channel, Deadline deadline) {
        var removed = new AtomicBoolean();
        channels.computeIfPresent(user, (_, names) -> {
            removed.set(names.remove(channel.value()));
            return names.isEmpty() ? null : names;
        });
        return Decision.local(removed.get());
    }

    @Override
    public CompletionStage<Decision<List<ChannelName>>> all(SocketUser user, Deadline deadline) {
        return Decision.local(channels.getOrDefault(user, Set.of()).stream()
                .map(ChannelName::new)
                .toList());
    }
}
