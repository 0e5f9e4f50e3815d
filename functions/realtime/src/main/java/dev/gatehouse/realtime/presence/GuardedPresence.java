// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.fallback.RecentReads;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Decides through Redis. Without a reply, nobody joins, leaves or types, and nobody departs; the next heartbeat after the outage
 * enters again. A list is what this process read within the last 60 seconds, without departures; otherwise it is unavailable.
 */
public final class GuardedPresence implements PresenceStore {

    /** The time to live of a page that was read. */
    static final Duration LONGEST = Duration.ofSeconds(60);

    private static final long MAX_BYTES = 4L << 20;
    private static final long PAGE_BYTES = 300;
    private static final long MEMBER_BYTES = 300;

    private record Key(String tenant, ChannelName channel, int limit, Optional<String> after) {}

    private final PresenceStore redis;
    private final boolean closed;
    private final LongSupplier clock;
    private final RecentReads<Key, MemberPage> pages;

    /**
     * Creates the guard.
     *
     * @param redis the store that decides while it replies by the deadline
     * @param closed whether every operation is unavailable without a reply
     * @param clock the time in microseconds since 1970
     */
    GuardedPresence(PresenceStore redis, boolean closed, LongSupplier clock) {
        this.redis = redis;
        this.closed = closed;
        this.clock = clock;
        this.pages = new RecentReads<>(
                closed ? 0 : MAX_BYTES,
                page -> PAGE_BYTES
                        + page.members().stream()
                                .mapToLong(member -> MEMBER_BYTES
                                        + 2L * member.info().map(String::length).orElse(0))
                                .sum(),
                Key::hashCode,
                LONGEST,
                clock);
    }

    /**
     * Returns guarded presence on {@code link}; presence of this process only if the settings disable Redis.
     *
     * @param outage the only outage tracker of the link
     * @param closed whether every operation is unavailable without Redis
     */
    public static PresenceStore over(RedisLink link, Outage outage, boolean closed) {
        if (!link.settings().enabled()) {
            return new LocalPresence();
        }
        var guarded = new GuardedPresence(new RedisPresence(link), closed, MicroClock::now);
        outage.onRecovery(guarded.pages::clear);
        return guarded;
    }

    @Override
    public CompletionStage<Decision<Entered>> enter(
            String tenant, ChannelName channel, EnterRequest request, Deadline deadline) {
        return redis.enter(tenant, channel, request, deadline).thenCompose(decision -> {
            var end = MicroClock.instant(clock.getAsLong() + request.ttlSeconds() * 1_000_000);
            return orUnchanged(decision, new Entered(false, 0, end, List.of()));
        });
    }

    @Override
    public CompletionStage<Decision<Departures>> leave(
            String tenant, ChannelName channel, List<MemberConnection> connections, Deadline deadline) {
        return redis.leave(tenant, channel, connections, deadline)
                .thenCompose(decision -> orUnchanged(decision, Departures.NONE));
    }

    @Override
    public CompletionStage<Decision<MemberPage>> list(
            String tenant, ChannelName channel, int limit, Optional<String> after, Deadline deadline) {
        var key = new Key(tenant, channel, limit, after);
        var stamp = pages.stamp();
        return redis.list(tenant, channel, limit, after, deadline).thenCompose(decision -> decision.ifDecided(
                        page -> pages.put(key, page, Long.MAX_VALUE, stamp))
                .orElse(unavailable -> {
                    var page = pages.get(key);
                    return page == null
                            ? CompletableFuture.completedStage(unavailable)
                            : Decision.local(new MemberPage(page.members(), page.count(), List.of(), page.next()));
                }));
    }

    @Override
    public CompletionStage<Decision<TypingUsers>> type(
            String tenant,
            ChannelName channel,
            MemberConnection connection,
            boolean typing,
            long ttlMillis,
            Deadline deadline) {
        return redis.type(tenant, channel, connection, typing, ttlMillis, deadline)
                .thenCompose(decision -> orUnchanged(decision, TypingUsers.NONE));
    }

    private <T> CompletionStage<Decision<T>> orUnchanged(Decision<T> decision, T unchanged) {
        return decision.orElse(unavailable ->
                CompletableFuture.completedStage(closed ? unavailable : new Decided<>(unchanged, Source.LOCAL)));
    }
}
