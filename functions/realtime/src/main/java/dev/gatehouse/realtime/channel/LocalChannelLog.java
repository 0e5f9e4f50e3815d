// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.realtime.channel.PublishOutcome.TooManyRecipients;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * Keeps the logs in this process's memory, for its own callers only. While memory is full, publications are unavailable, and
 * readers too if their channel has no log.
 */
public final class LocalChannelLog implements ChannelLog {

    private static final int MAX_LOGS = 100_000;
    private static final long MAX_BYTES = 64L << 20;
    private static final long OVERHEAD = 300;

    private record Key(String tenant, ChannelName channel) {}

    /**
     * @param events the beginning, or an event that is no longer kept, then those that are
     * @param ends the end of the log in microseconds since 1970
     * @param keep the last one that a publication determined
     */
    private record Log(List<ChannelEvent> events, long ends, Keep keep) {

        static Log beginning(long now) {
            var at = new Position(1, RandomToken.next());
            var beginning = new ChannelEvent(at, "", "", "", MicroClock.instant(now), Optional.empty());
            return new Log(List.of(beginning), now, Keep.DEFAULT);
        }

        Position top() {
            return events.getLast().at();
        }

        long bytes() {
            return events.stream()
                    .mapToLong(event -> OVERHEAD + 2L * event.data().length())
                    .sum();
        }

        Log with(Publication publication, long now) {
            var all = new ArrayList<>(events);
            var at = new Position(top().offset() + 1, RandomToken.next());
            all.add(new ChannelEvent(
                    at,
                    publication.id(),
                    publication.event(),
                    publication.data(),
                    MicroClock.instant(now),
                    publication.from()));
            var kept = publication.keep().orElse(keep);
            int dropped = Math.max(0, all.size() - kept.events() - 1);
            return new Log(List.copyOf(all.subList(dropped, all.size())), now + kept.seconds() * 1_000_000, kept);
        }
    }

    private final BiFunction<String, ChannelName, List<MemberConnection>> connections;
    private final LongSupplier clock;
    private final BoundedCache<Key, Log> logs;

    /**
     * Creates logs on the system's clock.
     *
     * @param connections returns the live connections of a channel of a tenant
     */
    public LocalChannelLog(BiFunction<String, ChannelName, List<MemberConnection>> connections) {
        this(connections, MAX_BYTES, MicroClock::now);
    }

    /** @param clock the time in microseconds since 1970 */
    LocalChannelLog(
            BiFunction<String, ChannelName, List<MemberConnection>> connections, long maxBytes, LongSupplier clock) {
        this.connections = connections;
        this.clock = clock;
        this.logs = new BoundedCache<>(MAX_LOGS, maxBytes, Log::bytes, () -> clock.getAsLong() * 1000);
    }

    @Override
    public synchronized CompletionStage<Decision<PublishOutcome>> publish(
            String tenant, ChannelName channel, Publication publication, Deadline deadline) {
        var recipients = publication
                .recipients()
                .map(requested -> connections.apply(tenant, channel).stream()
                        .filter(connection -> !connection.connectionId().equals(requested.exclude()))
                        .toList())
                .orElse(List.of());
        if (recipients.size() > MAX_RECIPIENTS) {
            return Decision.local(new TooManyRecipients(recipients.size()));
        }
        long now = clock.getAsLong();
        var key = new Key(tenant, channel);
        var found = logs.get(key);
        var log = found == null ? Log.beginning(now) : found;
        for (var event : log.events) {
            if (event.id().equals(publication.id())) {
                return Decision.local(new Published(event.at(), true, recipients));
            }
        }
        var changed = log.with(publication, now);
        return put(key, changed, now) ? Decision.local(new Published(changed.top(), false, recipients)) : unavailable();
    }

    @Override
    public synchronized CompletionStage<Decision<CatchUp>> catchUp(
            String tenant, ChannelName channel, Optional<Position> since, int limit, Deadline deadline) {
        ChannelLog.requireLimit(limit);
        var key = new Key(tenant, channel);
        long now = clock.getAsLong();
        var found = logs.get(key);
        var log = found == null ? Log.beginning(now) : found;
        long keep = Keep.DEFAULT.seconds() * 1_000_000;
        if (log.ends - now < keep / 2 && !put(key, new Log(log.events, now + keep, log.keep), now)) {
            return unavailable();
        }
        return Decision.local(
                since.map(position -> after(position, log, limit)).orElse(CatchUp.nothing(true, log.top())));
    }

    private boolean put(Key key, Log log, long now) {
        return logs.put(key, log, Duration.of(log.ends - now, ChronoUnit.MICROS));
    }

    private static CatchUp after(Position since, Log log, int limit) {
        var positions = log.events.stream().map(ChannelEvent::at).toList();
        int next = positions.indexOf(since) + 1;
        if (next == 0) {
            return CatchUp.nothing(false, log.top());
        }
        if (next == positions.size()) {
            return CatchUp.nothing(true, since);
        }
        int end = Math.min(positions.size(), next + limit);
        var events = log.events.subList(next, end);
        return new CatchUp(true, events, events.getLast().at(), end < positions.size());
    }

    private static <T> CompletionStage<Decision<T>> unavailable() {
        return CompletableFuture.completedStage(new Unavailable<>(Duration.ofSeconds(1)));
    }
}
