// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.FillOutcome.Reason;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.EvictingCache;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps values in memory as {@link RedisCache} keeps them on Redis, but within this process only: each process loads.
 *
 * <p>Evicts rarely used values to stay within a bound on their bytes. Stores a bounded number of leases; while they are at
 * the bound, a lookup that would get a new one replies that another loads.
 */
public final class LocalCache implements CacheStore {

    /** The default bound on values, with their administration: 32 MiB. */
    public static final long DEFAULT_MAX_BYTES = 32L << 20;

    /** The default bound on leases. */
    public static final int DEFAULT_MAX_LEASES = 20_000;

    private static final int MAX_SCOPES = 10_000;
    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    private final LongSupplier clock;
    private final EvictingCache<String, LocalEntry> entries;
    private final BoundedCache<String, LocalLoadLease> leases;
    private final EvictingCache<String, LocalScope> scopes;
    private long epochs;

    /** Creates a cache on the system's clock, with the default bounds. */
    public LocalCache() {
        this(DEFAULT_MAX_BYTES, DEFAULT_MAX_LEASES, MicroClock::now);
    }

    /**
     * Creates a cache.
     *
     * @param clock the time in microseconds since 1970
     */
    public LocalCache(long maxBytes, int maxLeases, LongSupplier clock) {
        LongSupplier nanos = () -> clock.getAsLong() * 1000;
        this.clock = clock;
        this.entries = new EvictingCache<>(maxBytes, LocalEntry::size, nanos);
        this.leases = new BoundedCache<>(maxLeases, nanos);
        this.scopes = new EvictingCache<>(MAX_SCOPES, _ -> 1, nanos);
    }

    /** Removes everything. Called when Redis decides again. */
    public synchronized void clear() {
        entries.clear();
        leases.clear();
        scopes.clear();
    }

    /** Removes the record of one Redis key, as an eviction by Redis does. */
    synchronized void lose(String name) {
        entries.remove(name);
        leases.remove(name);
        scopes.remove(name);
    }

    @Override
    public List<CompletionStage<Decision<LookupOutcome>>> lookup(
            String tenant, List<CacheLookup> lookups, Deadline deadline) {
        return lookups.stream()
                .map(lookup -> Decision.local(lookup(tenant, lookup)))
                .toList();
    }

    private synchronized LookupOutcome lookup(String tenant, CacheLookup lookup) {
        long now = clock.getAsLong();
        var stored = live(tenant, lookup.key(), now);
        if (stored == null) {
            return new Missing(load(tenant, lookup, now, true));
        }
        boolean isStale = stored.isStale(now);
        var load = stored.isDue(now) ? load(tenant, lookup, now, isStale) : new LoadState.Idle();
        var entry = stored.toCacheEntry(now);
        return isStale ? new Stale(entry, load) : new Fresh(entry, load);
    }

    /**
     * Returns the state of a load that is due, and grants the lease if the caller is to load.
     *
     * @param waits whether a caller without the lease depends on the load of another
     */
    private LoadState load(String tenant, CacheLookup lookup, long now, boolean waits) {
        var name = lookup.key().leaseName(tenant);
        var scope = scope(tenant, lookup.key());
        var lease = leases.get(name);
        long length = lookup.leaseMillis() * 1000;
        if (lease != null && length > 0 && lease.isLoadingBy(lookup.owner()) && lease.isOf(scope)) {
            var renewed = lease.renewed(now, length);
            write(name, renewed, now);
            return renewed.leased();
        }
        if (lease != null && lease.holdsOff(scope, now)) {
            return waits ? lease.pending(now) : new LoadState.Idle();
        }
        if (length == 0) {
            return new LoadState.Idle();
        }
        if (lease == null && !leases.hasRoomFor(1)) {
            var retry = MicroClock.instant(now).plus(RETRY_WHEN_FULL);
            return waits ? new LoadState.Loading(retry, RETRY_WHEN_FULL) : new LoadState.Idle();
        }
        var current = currentScope(tenant, lookup.key());
        var granted = LocalLoadLease.after(lease, lookup.owner(), current, now, now + length);
        write(name, granted, now);
        return granted.leased();
    }

    /**
     * Stores a copy of a value on Redis, in place of the current one.
     *
     * @param staleSeconds the value expires so long after its fresh time, if not earlier
     * @param isCurrent whether the value may be stored: no later {@link #forget} has begun
     */
    synchronized void remember(
            String tenant, CacheKey key, CacheEntry entry, long staleSeconds, BooleanSupplier isCurrent) {
        if (isCurrent.getAsBoolean()) {
            var remembered = LocalEntry.remembered(entry, currentScope(tenant, key), staleSeconds);
            store(key.entryName(tenant), remembered, clock.getAsLong());
        }
    }

    /** Removes the value of a key, and voids the load in progress. */
    synchronized void forget(String tenant, CacheKey key) {
        voidLease(tenant, key, clock.getAsLong());
        entries.remove(key.entryName(tenant));
    }

    /** Removes what an invalidation names, without regard to tags: copies of values on Redis have none. */
    synchronized void forget(String tenant, Invalidation invalidation) {
        invalidation.keys().forEach(key -> forget(tenant, key));
        invalidation
                .scope()
                .filter(_ -> invalidation.marksScope())
                .ifPresent(scope -> scopes.remove(CacheKey.headName(tenant, scope)));
    }

    @Override
    public synchronized CompletionStage<Decision<FillOutcome>> fill(
            String tenant, CacheWrite write, LoadOwner owner, Deadline deadline) {
        return Decision.local(fill(tenant, write, owner));
    }

    private FillOutcome fill(String tenant, CacheWrite write, LoadOwner owner) {
        long now = clock.getAsLong();
        var name = write.key().leaseName(tenant);
        var lease = leases.get(name);
        if (lease == null) {
            return new LeaseLost(Reason.ENDED);
        }
        if (!lease.canBeFilledBy(owner)) {
            return new LeaseLost(lease.reasonFor(owner));
        }
        if (lease.isVoidIn(scope(tenant, write.key()), write.tags())) {
            write(name, lease.voided(), now);
            return new LeaseLost(Reason.INVALIDATED);
        }
        if (lease.filled() != null) {
            return lease.filled();
        }
        long load = Math.max(now - lease.granted(), 0);
        var entry = LocalEntry.of(write, lease.epoch(), lease.sequence(), load, now);
        store(write.key().entryName(tenant), entry, now);
        var filled = entry.toFilled();
        write(name, lease.with(filled), now);
        return filled;
    }

    private void store(String name, LocalEntry entry, long now) {
        entries.put(name, entry, entry.life(now));
    }

    @Override
    public synchronized CompletionStage<Decision<Optional<Instant>>> extend(
            String tenant, CacheKey key, LoadOwner owner, long leaseMillis, Deadline deadline) {
        CacheLookup.requireExtension(leaseMillis);
        long now = clock.getAsLong();
        var name = key.leaseName(tenant);
        var lease = leases.get(name);
        if (lease == null || !lease.isLoadingBy(owner)) {
            return Decision.local(Optional.empty());
        }
        boolean isVoid = lease.isVoidIn(scope(tenant, key), Set.of());
        var next = isVoid ? lease.voided() : lease.renewed(now, leaseMillis * 1000);
        write(name, next, now);
        return Decision.local(isVoid ? Optional.empty() : Optional.of(MicroClock.instant(next.ends())));
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> release(
            String tenant, CacheKey key, LoadOwner owner, long holdMillis, Deadline deadline) {
        CacheLookup.requireHold(holdMillis);
        long now = clock.getAsLong();
        var lease = leases.get(key.leaseName(tenant));
        if (lease == null || !lease.canBeReleasedBy(owner, scope(tenant, key))) {
            return Decision.local(false);
        }
        write(key.leaseName(tenant), lease.released(now, holdMillis * 1000), now);
        return Decision.local(true);
    }

    @Override
    public synchronized CompletionStage<Decision<Filled>> put(String tenant, CacheWrite write, Deadline deadline) {
        long now = clock.getAsLong();
        voidLease(tenant, write.key(), now);
        var scope = currentScope(tenant, write.key());
        var entry = LocalEntry.of(write, LocalScope.epochOf(scope), LocalScope.sequenceOf(scope), 0, now);
        store(write.key().entryName(tenant), entry, now);
        return Decision.local(entry.toFilled());
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> invalidate(
            String tenant, Invalidation invalidation, Deadline deadline) {
        long now = clock.getAsLong();
        for (var key : invalidation.keys()) {
            voidLease(tenant, key, now);
            var name = key.entryName(tenant);
            var stored = live(tenant, key, now);
            if (invalidation.soft() && stored != null) {
                store(name, stored.asMarked(), now);
            } else {
                entries.remove(name);
            }
        }
        invalidation.scope().filter(_ -> invalidation.marksScope()).ifPresent(scope -> {
            var name = CacheKey.headName(tenant, scope);
            var head = scopes.get(name);
            if (invalidation.all() && !invalidation.soft()) {
                scopes.remove(name);
            } else if (head != null) {
                head.mark(invalidation);
            }
        });
        return Decision.local(true);
    }

    private void voidLease(String tenant, CacheKey key, long now) {
        var name = key.leaseName(tenant);
        var lease = leases.get(name);
        if (lease != null && lease.canBeVoided()) {
            write(name, lease.voided(), now);
        }
    }

    private void write(String name, LocalLoadLease lease, long now) {
        leases.put(name, lease, lease.life(now));
    }

    /** Returns the scope of {@code key}; null if the key has none, or the scope has no head. */
    private @Nullable LocalScope scope(String tenant, CacheKey key) {
        return key.scope()
                .map(name -> scopes.get(CacheKey.headName(tenant, name)))
                .orElse(null);
    }

    /** Returns the scope of {@code key}, with a new head if it has none; null only if the key has no scope. */
    private @Nullable LocalScope currentScope(String tenant, CacheKey key) {
        var existing = scope(tenant, key);
        if (existing != null || key.scope().isEmpty()) {
            return existing;
        }
        var scope = new LocalScope(++epochs);
        var name = CacheKey.headName(tenant, key.scope().get());
        scopes.put(name, scope, Duration.ofSeconds(CacheWrite.MAX_SECONDS));
        return scope;
    }

    private @Nullable LocalEntry live(String tenant, CacheKey key, long now) {
        var stored = entries.get(key.entryName(tenant));
        return stored == null ? null : stored.within(scope(tenant, key), now);
    }
}
