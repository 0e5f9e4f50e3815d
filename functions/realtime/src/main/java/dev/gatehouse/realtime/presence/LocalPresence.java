// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Stores presence in this process's memory, for its own callers only. Once it has the maximum number of connections, a new one
 * is unavailable.
 */
public final class LocalPresence implements PresenceStore {

    /** The default maximum of connections, of about 200 bytes each. */
    public static final int DEFAULT_MAX_CONNECTIONS = 100_000;

    private record Key(String tenant, ChannelName channel) {}

    private final int maxConnections;
    private final LongSupplier clock;

    /** The channels that have members, or departures to report. */
    private final Map<Key, LocalChannel> channels = new HashMap<>();

    /** The number of connections in all channels. */
    private int connections;

    /** Creates presence on the system's clock. */
    public LocalPresence() {
        this(DEFAULT_MAX_CONNECTIONS, MicroClock::now);
    }

    /**
     * @param maxConnections the maximum of connections, at least 1
     * @param clock the time in microseconds since 1970
     */
    public LocalPresence(int maxConnections, LongSupplier clock) {
        this.maxConnections = maxConnections;
        this.clock = clock;
    }

    @Override
    public synchronized CompletionStage<Decision<Entered>> enter(
            String tenant, ChannelName channel, EnterRequest request, Deadline deadline) {
        long now = clock.getAsLong();
        var members = channels.get(new Key(tenant, channel));
        boolean isNew = members == null || !members.contains(request.connection());
        if (isNew && connections >= maxConnections) {
            dropForgotten(now);
        }
        if (isNew && connections >= maxConnections) {
            return CompletableFuture.completedStage(new Unavailable<>(Duration.ofSeconds(1)));
        }
        return Decision.local(in(new Key(tenant, channel), present -> present.enter(request, now)));
    }

    @Override
    public synchronized CompletionStage<Decision<Departures>> leave(
            String tenant, ChannelName channel, List<MemberConnection> leaving, Deadline deadline) {
        PresenceStore.requireLeaving(leaving);
        return Decision.local(in(new Key(tenant, channel), members -> members.leave(leaving, clock.getAsLong())));
    }

    @Override
    public synchronized CompletionStage<Decision<MemberPage>> list(
            String tenant, ChannelName channel, int limit, Optional<String> after, Deadline deadline) {
        MemberPage.requireLimit(limit);
        return Decision.local(in(new Key(tenant, channel), members -> members.list(limit, after, clock.getAsLong())));
    }

    @Override
    public synchronized CompletionStage<Decision<TypingUsers>> type(
            String tenant,
            ChannelName channel,
            MemberConnection connection,
            boolean typing,
            long ttlMillis,
            Deadline deadline) {
        PresenceStore.requireTypingMillis(ttlMillis);
        return Decision.local(in(
                new Key(tenant, channel),
                members -> members.type(connection, typing, ttlMillis * 1000, clock.getAsLong())));
    }

    /** Returns the live connections of a channel. */
    public synchronized List<MemberConnection> connections(String tenant, ChannelName channel) {
        var members = channels.get(new Key(tenant, channel));
        return members == null ? List.of() : members.connections(clock.getAsLong());
    }

    private <T> T in(Key key, Function<LocalChannel, T> operation) {
        var members = channels.computeIfAbsent(key, _ -> new LocalChannel());
        int before = members.size();
        var outcome = operation.apply(members);
        connections += members.size() - before;
        if (members.isEmpty()) {
            channels.remove(key);
        }
        return outcome;
    }

    /** Drops the channels whose departures no call found within an hour. */
    private void dropForgotten(long now) {
        channels.values().removeIf(members -> members.isForgotten(now));
        connections = channels.values().stream().mapToInt(LocalChannel::size).sum();
    }
}
