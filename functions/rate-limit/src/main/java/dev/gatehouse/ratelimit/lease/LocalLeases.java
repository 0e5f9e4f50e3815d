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
 * Stores leases in this process's memory, with the semantics of {@link RedisLeases} for its own callers only. {@code n}
 * processes grant {@code n} times a limit unless each applies its share, and at least {@code n}. It is therefore no
 * lock between processes, and two may grant the same fence.
 *
 * <p>The number of leases is bounded, and each is held until its end. While memory is full, requests are denied with a
 * retry time of one second.
 */
public final class LocalLeases implements Leases {

    /** The default maximum of leases, of about 400 bytes each. */
    public static final int DEFAULT_MAX_LEASES = 50_000;

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    /** Orders by end, then by fence, which distinguishes leases with the same end. */
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

    /** The leases by key; below also by subject and all together. Each operation first drops the ended ones. */
    private final Map<Key, Held> byKey = new HashMap<>();

    private final Map<Subject, NavigableSet<Held>> bySubject = new HashMap<>();
    private final TreeSet<Held> all = new TreeSet<>(EARLIEST_END_FIRST);

    /** The last fence of all subjects, so that none is stored per subject. */
    private long lastFence;

    /** Creates leases that apply whole limits, on the system's clock. */
    public LocalLeases() {
        this(1, DEFAULT_MAX_LEASES, MicroClock::now);
    }

    /**
     * Creates leases that apply a share of each limit.
     *
     * @param share the number of processes that share a limit; each grants a {@code share}-th of it, but at least one;
     *     at least 1
     * @param maxLeases the maximum of leases held at a time; at least 1
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

    /** Removes all leases. Called when Redis decides again. Fences keep growing. */
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
            // There is room once limit - 1 leases are left: at the end that limit - 1 ends follow.
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

    /** Drops the ended leases and returns the current time in microseconds. */
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
