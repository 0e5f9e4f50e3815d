package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.lease.Acquisition.Exhausted;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Extension.Lost;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Keeps leases in this process's memory alone, as {@link RedisLeases} does on Redis, but only for what asks here:
 * {@code n} processes grant {@code n} times a limit unless each is given its share of it, and at least {@code n}. So
 * it is no lock between processes, and two may grant the same fence.
 *
 * <p>It holds a bounded number of leases, each until its end. While there are as many, no other is granted, and who
 * asks is told to come back in a second.
 */
public final class LocalLeases implements Leases {

    /** About 400 bytes each. */
    public static final int DEFAULT_MAX_LEASES = 50_000;

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    /** Fences differ, so no two leases that end together are taken for one. */
    private static final Comparator<Held> EARLIEST_END_FIRST =
            Comparator.comparingLong(Held::ends).thenComparingLong(Held::fence);

    private static final NavigableSet<Held> NONE = Collections.emptyNavigableSet();

    private record Key(String tenant, Lease lease) {}

    private record Subject(String tenant, LeasedSubject subject) {}

    private record Held(Key key, long fence, long ends) {

        Subject subject() {
            return new Subject(key.tenant, key.lease.subject());
        }
    }

    private final int share;
    private final int maxLeases;
    private final LongSupplier clock;

    /** The leases, thrice: by id, by subject, and all. Those that have ended are dropped before anything is decided. */
    private final Map<Key, Held> byKey = new HashMap<>();

    private final Map<Subject, NavigableSet<Held>> bySubject = new HashMap<>();
    private final TreeSet<Held> all = new TreeSet<>(EARLIEST_END_FIRST);

    /** One for all subjects: so it need not be remembered for each of them. */
    private long lastFence;

    /** Decides by limits as they are, on the system's clock. */
    public LocalLeases() {
        this(1, DEFAULT_MAX_LEASES, MicroClock::now);
    }

    /**
     * @param share how many processes a limit is divided among: each grants a {@code share}-th of it, down to one; at
     *     least 1
     * @param maxLeases leases that are held at a time; at least 1
     * @param clock the time in microseconds since 1970
     */
    public LocalLeases(int share, int maxLeases, LongSupplier clock) {
        if (share < 1) {
            throw new IllegalArgumentException("share must be at least 1, not " + share);
        }
        if (maxLeases < 1) {
            throw new IllegalArgumentException("maxLeases must be at least 1, not " + maxLeases);
        }
        this.share = share;
        this.maxLeases = maxLeases;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Decision<Acquisition>> acquire(String tenant, LeaseRequest request, Deadline deadline) {
        return decided(acquire(new Key(tenant, request.lease()), request));
    }

    @Override
    public CompletionStage<Decision<Extension>> extend(
            String tenant, Lease lease, LeaseLength length, Deadline deadline) {
        return decided(extend(new Key(tenant, lease), length));
    }

    @Override
    public CompletionStage<Decision<Released>> release(String tenant, Lease lease, Deadline deadline) {
        return decided(release(new Key(tenant, lease)));
    }

    /** Forgets all leases, as is due when Redis decides again. Fences go on growing. */
    public synchronized void clear() {
        byKey.clear();
        bySubject.clear();
        all.clear();
    }

    private synchronized Acquisition acquire(Key key, LeaseRequest request) {
        long now = dropEnded();
        var live = bySubject.getOrDefault(new Subject(key.tenant, key.lease.subject()), NONE);
        int inUse = live.size();
        var held = byKey.get(key);
        if (held != null) {
            return new Granted(held.fence, instant(held.ends), inUse);
        }
        long limit = Math.max(1, request.limit() / share);
        if (inUse >= limit) {
            // Room is made when as many as the limit are left: by the end that has limit - 1 after it.
            long roomAt = live.stream().skip(inUse - limit).findFirst().orElseThrow().ends;
            return new Exhausted(inUse, Duration.of(roomAt - now, ChronoUnit.MICROS));
        }
        if (all.size() >= maxLeases) {
            return new Exhausted(inUse, RETRY_WHEN_FULL);
        }
        lastFence = Math.max(lastFence + 1, now);
        var granted = new Held(key, lastFence, now + request.length().micros());
        keep(granted);
        return new Granted(granted.fence, instant(granted.ends), inUse + 1);
    }

    private synchronized Extension extend(Key key, LeaseLength length) {
        long now = dropEnded();
        var held = byKey.get(key);
        if (held == null) {
            return new Lost();
        }
        var extended = new Held(key, held.fence, Math.max(held.ends, now + length.micros()));
        drop(held);
        keep(extended);
        return new Extended(extended.fence, instant(extended.ends));
    }

    private synchronized Released release(Key key) {
        dropEnded();
        var held = byKey.get(key);
        if (held == null) {
            return new Released(false);
        }
        drop(held);
        return new Released(true);
    }

    /** The time now, at which all leases that are left are live. */
    private long dropEnded() {
        long now = clock.getAsLong();
        while (!all.isEmpty() && all.first().ends <= now) {
            drop(all.first());
        }
        return now;
    }

    private void keep(Held held) {
        byKey.put(held.key, held);
        bySubject
                .computeIfAbsent(held.subject(), _ -> new TreeSet<>(EARLIEST_END_FIRST))
                .add(held);
        all.add(held);
    }

    private void drop(Held held) {
        byKey.remove(held.key);
        bySubject.computeIfPresent(held.subject(), (_, live) -> {
            live.remove(held);
            return live.isEmpty() ? null : live;
        });
        all.remove(held);
    }

    private static <T> CompletionStage<Decision<T>> decided(T outcome) {
        return CompletableFuture.completedStage(new Decided<>(outcome, Source.LOCAL));
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
