// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Stores the channels of the WebSockets of this process in memory. */
public final class LocalConnectionChannels implements ConnectionChannels {

    private static final class Joined {
        final Set<ChannelName> channels = new LinkedHashSet<>();
        long heartbeat;
    }

    private final LongSupplier clock;
    private final Map<SocketUser, Joined> joined = new HashMap<>();

    public LocalConnectionChannels() {
        this(MicroClock::now);
    }

    /** @param clock the time in microseconds since 1970 */
    public LocalConnectionChannels(LongSupplier clock) {
        this.clock = clock;
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> add(
            SocketUser user, ChannelName channel, Deadline deadline) {
        var channels = joined.computeIfAbsent(user, _ -> new Joined()).channels;
        return Decision.local(channels.contains(channel) || (channels.size() < MAX_CHANNELS && channels.add(channel)));
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> remove(
            SocketUser user, ChannelName channel, Deadline deadline) {
        var present = joined.get(user);
        if (present == null || !present.channels.remove(channel)) {
            return Decision.local(false);
        }
        if (present.channels.isEmpty()) {
            joined.remove(user);
        }
        return Decision.local(true);
    }

    @Override
    public synchronized CompletionStage<Decision<List<ChannelName>>> all(SocketUser user, Deadline deadline) {
        var present = joined.get(user);
        return Decision.local(present == null ? List.of() : List.copyOf(present.channels));
    }

    @Override
    public synchronized CompletionStage<Decision<List<ChannelName>>> due(
            SocketUser user, Duration interval, Deadline deadline) {
        var present = joined.get(user);
        long now = clock.getAsLong();
        if (present == null
                || (present.heartbeat <= now && now - present.heartbeat < TimeUnit.MICROSECONDS.convert(interval))) {
            return Decision.local(List.of());
        }
        present.heartbeat = now;
        return Decision.local(List.copyOf(present.channels));
    }
}
