// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.lease.Acquisition.Exhausted;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Extension.Lost;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores leases in this process's memory, with the semantics of {@link RedisLeases} for its own callers only. {@code n}
 * processes grant {@code n} times a limit unless each applies its share, and at least {@code n}. It is therefore no
 * lock between processes, and two may grant the same fence.
 *
 * <p>The number of leases is bounded, and each is held until its end. While memory is full, requests are denied with a
 * retry time of one second.
 */
public final class LocalLeases implements LeaseStore {

    /** The default maximum of leases, of about 400 bytes each. */
    public static final int DEFAULT_MAX_LEASES = 50_000;

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    /** The step back of the clock, in microseconds, up to which leases just last longer. */
    private static final long LONGEST_STEP = 60_000_000;

    /** Orders by end, then by fence, which distinguishes leases with the same end. */
    private static final Comparator<Held> EARLIEST_END_FIRST =
            Comparator.comparingLong(Held::ends).thenComparingLong(Held::fence);

    private record Subject(String tenant, LeasedResource resource) {

        static Subject of(String tenant, Lease lease) {
            return new Subject(tenant, lease.resource());
        }
    }

    private record Held(Subject subject, String id, long fence, long ends) {}

    private final int share;
    private final int maxLeases;
    private final LongSupplier clock;

    /** The leases by subject and id. Each operation first drops the ended ones. */
    private final Map<Subject, Map<String, Held>> bySubject = new HashMap<>();

    private final TreeSet<Held> byEnd = new TreeSet<>(EARLIEST_END_FIRST);

    /** The last fence of all subjects, so that none is stored per subject. */
    private long lastFence;

    /** The total of the longer steps back. Leases end by the clock plus this total. */
    private long stepped;

    /** The time of the last operation, by which leases end. */
    private long latest;

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
    public synchronized CompletionStage<Decision<Acquisition>> acquire(
            String tenant, LeaseRequest request, Deadline deadline) {
        return Decision.local(acquire(Subject.of(tenant, request.lease()), request));
    }

    private Acquisition acquire(Subject subject, LeaseRequest request) {
        long now = dropEnded();
        var live = bySubject.getOrDefault(subject, Map.of());
        int inUse = live.size();
        var held = live.get(request.lease().id());
        if (held != null) {
            return new Granted(held.fence, clockTime(held.ends), inUse);
        }
        long limit = Math.max(1, request.limit() / share);
        if (inUse >= limit) {
            // There is room once limit - 1 leases are left: at the end that limit - 1 ends follow.
            long roomAt = live.values().stream()
                    .mapToLong(Held::ends)
                    .sorted()
                    .skip(inUse - limit)
                    .findFirst()
                    .orElseThrow();
            return new Exhausted(inUse, Duration.of(roomAt - now, ChronoUnit.MICROS));
        }
        if (byEnd.size() >= maxLeases) {
            return new Exhausted(inUse, RETRY_WHEN_FULL);
        }
        lastFence = Math.max(lastFence + 1, now);
        var granted = new Held(subject, request.lease().id(), lastFence, now + LeaseRequest.micros(request.millis()));
        add(granted);
        return new Granted(granted.fence, clockTime(granted.ends), inUse + 1);
    }

    @Override
    public synchronized CompletionStage<Decision<Extension>> extend(
            String tenant, Lease lease, long millis, Deadline deadline) {
        long ends = dropEnded() + LeaseRequest.micros(millis);
        var held = remove(tenant, lease);
        if (held == null) {
            return Decision.local(new Lost());
        }
        var extended = new Held(held.subject, held.id, held.fence, Math.max(held.ends, ends));
        add(extended);
        return Decision.local(new Extended(extended.fence, clockTime(extended.ends)));
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> release(String tenant, Lease lease, Deadline deadline) {
        dropEnded();
        return Decision.local(remove(tenant, lease) != null);
    }

    @Override
    public synchronized CompletionStage<Decision<LeaseUsage>> inspect(
            String tenant, LeasedResource resource, Deadline deadline) {
        dropEnded();
        var live = bySubject.getOrDefault(new Subject(tenant, resource), Map.of());
        var ends = live.values().stream()
                .map(Held::ends)
                .sorted()
                .limit(LeaseUsage.MAX_ENDS)
                .map(this::clockTime)
                .toList();
        return Decision.local(new LeaseUsage(live.size(), ends));
    }

    @Override
    public synchronized CompletionStage<Decision<Long>> reset(
            String tenant, LeasedResource resource, Deadline deadline) {
        dropEnded();
        var live = bySubject.remove(new Subject(tenant, resource));
        if (live == null) {
            return Decision.local(0L);
        }
        live.values().forEach(byEnd::remove);
        return Decision.local((long) live.size());
    }

    /** Removes all leases. Called when Redis decides again. Fences keep growing. */
    public synchronized void clear() {
        bySubject.clear();
        byEnd.clear();
    }

    /** Drops the ended leases and returns the current time in microseconds, which goes back by no more than a minute. */
    private long dropEnded() {
        long now = clock.getAsLong() + stepped;
        if (now < latest - LONGEST_STEP) {
            stepped += latest - now;
            now = latest;
        }
        latest = Math.max(latest, now);
        while (!byEnd.isEmpty() && byEnd.first().ends <= now) {
            remove(byEnd.first());
        }
        return now;
    }

    private void add(Held held) {
        bySubject.computeIfAbsent(held.subject, _ -> new HashMap<>()).put(held.id, held);
        byEnd.add(held);
    }

    /** Removes and returns a live lease; null if there is none. */
    private @Nullable Held remove(String tenant, Lease lease) {
        var held = bySubject.getOrDefault(Subject.of(tenant, lease), Map.of()).get(lease.id());
        if (held != null) {
            remove(held);
        }
        return held;
    }

    private void remove(Held held) {
        bySubject.computeIfPresent(held.subject, (_, live) -> {
            live.remove(held.id);
            return live.isEmpty() ? null : live;
        });
        byEnd.remove(held);
    }

    private Instant clockTime(long ends) {
        return Instant.EPOCH.plus(ends - stepped, ChronoUnit.MICROS);
    }
}
