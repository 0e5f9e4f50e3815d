// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import com.github.benmanes.caffeine.cache.AsyncCacheLoader;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Caches the policies of up to {@link #MAX_TENANTS} tenants, as {@link Policies} specifies.
 *
 * <pre>
 * absent ── read ──▶ young ── half of IN_FORCE ──▶ due ── IN_FORCE, or a write here ──▶ old
 *                      ▲                            │                                    │
 *                      └────── read in background ──┴───────── read, callers wait ───────┘
 * </pre>
 *
 * <p>Loads no class of Caffeine before the first call, because loading them slows the cold start.
 */
final class PolicyCache {

    /** The maximum of cached tenants. A full snapshot takes about 2 MB, one with a few policies some hundred bytes. */
    static final int MAX_TENANTS = 1_000;

    private static final long OLD_NANOS = Policies.IN_FORCE.toNanos();
    private static final long DUE_NANOS = OLD_NANOS / 2;

    /** Reads the policies of a tenant. */
    @FunctionalInterface
    interface Reader {

        /**
         * Returns the stored policies.
         *
         * @param previous the cached policies, to return if they have not changed; null if there are none
         */
        CompletionStage<Decision<StoredPolicies>> read(
                String tenant, @Nullable StoredPolicies previous, Deadline deadline);
    }

    /**
     * The cached policies of one tenant.
     *
     * @param readAt the start of the read; the policies are not older
     * @param outdated whether a local write invalidated them, regardless of their age
     */
    private record Entry(StoredPolicies stored, long readAt, boolean outdated) {}

    private final Reader reader;
    private final LongSupplier nanos;
    private final Duration readBudget;
    private final List<Runnable> onChange = new CopyOnWriteArrayList<>();

    private volatile @Nullable AsyncLoadingCache<String, @Nullable Entry> cache;

    /**
     * Creates an empty cache.
     *
     * @param nanos the time in nanoseconds, from any origin
     * @param readBudget the time limit of a read; callers wait for it until their own deadlines
     */
    PolicyCache(Reader reader, LongSupplier nanos, Duration readBudget) {
        this.reader = reader;
        this.nanos = nanos;
        this.readBudget = readBudget;
    }

    CompletionStage<Decision<PolicySnapshot>> get(String tenant, Deadline deadline) {
        var entries = cache();
        var cached = entries.getIfPresent(tenant);
        var current = cached != null && cached.state() == Future.State.SUCCESS ? cached.resultNow() : null;
        if (isYounger(current, DUE_NANOS)) {
            return CompletableFuture.completedStage(decision(current));
        }
        boolean joins = (cached != null && current == null)
                || entries.synchronous().policy().refreshes().containsKey(tenant);
        var read = entries.synchronous().refresh(tenant);
        if (isYounger(current, OLD_NANOS)) {
            return CompletableFuture.completedStage(decision(current));
        }
        // The process may have been frozen during a read that began earlier, so its result may be old.
        var fresh = joins ? read.<@Nullable Entry>thenCompose(found -> readAgainIfOld(tenant, found)) : read;
        return fresh.thenApply(found -> decision(found == null ? current : found))
                .completeOnTimeout(decision(current), deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }

    private CompletableFuture<@Nullable Entry> readAgainIfOld(String tenant, @Nullable Entry found) {
        if (isYounger(found, OLD_NANOS)) {
            return CompletableFuture.completedFuture(found);
        }
        return cache().synchronous().refresh(tenant);
    }

    private boolean isYounger(@Nullable Entry entry, long ageNanos) {
        return entry != null && !entry.outdated && nanos.getAsLong() - entry.readAt < ageNanos;
    }

    private Decision<PolicySnapshot> decision(@Nullable Entry entry) {
        if (entry == null) {
            return new Unavailable<>(Duration.ofSeconds(1));
        }
        return new Decided<>(entry.stored.snapshot(), isYounger(entry, OLD_NANOS) ? Source.REDIS : Source.LOCAL);
    }

    /**
     * Applies a write of this process that took effect or may have. Later callers see it, so they do not wait for an
     * earlier read.
     *
     * @param change applies the write to a snapshot
     */
    void apply(String tenant, UnaryOperator<PolicySnapshot> change) {
        if (outdate(tenant, change)) {
            changed();
        }
    }

    /** Makes later callers wait for a new read. */
    void expire(String tenant) {
        var _ = outdate(tenant, UnaryOperator.identity());
    }

    /** Returns whether there was an entry. */
    private boolean outdate(String tenant, UnaryOperator<PolicySnapshot> change) {
        var entries = cache;
        if (entries == null || !entries.asMap().containsKey(tenant)) {
            return false;
        }
        entries.asMap().computeIfPresent(tenant, (_, cached) -> {
            var current = cached.state() == Future.State.SUCCESS ? cached.resultNow() : null;
            if (current == null) {
                return null; // Later callers start another first read.
            }
            var changed = new Entry(current.stored.with(change), current.readAt, true);
            return CompletableFuture.<@Nullable Entry>completedFuture(changed);
        });
        return true;
    }

    void onChange(Runnable changed) {
        onChange.add(changed);
    }

    private void changed() {
        onChange.forEach(Runnable::run);
    }

    private CompletableFuture<@Nullable Entry> read(String tenant, @Nullable Entry previous) {
        long readAt = nanos.getAsLong();
        return reader.read(tenant, previous == null ? null : previous.stored, Deadline.in(readBudget))
                .<@Nullable Entry>thenApply(decision -> switch (decision) {
                    case Decided<StoredPolicies>(var stored, var _) -> {
                        if (previous != null && !previous.stored.version().equals(stored.version())) {
                            changed();
                        }
                        yield new Entry(stored, readAt, false);
                    }
                    case Unavailable<StoredPolicies> _ -> previous;
                })
                .toCompletableFuture();
    }

    private AsyncLoadingCache<String, @Nullable Entry> cache() {
        var current = cache;
        return current == null ? firstCache() : current;
    }

    private synchronized AsyncLoadingCache<String, @Nullable Entry> firstCache() {
        var current = cache;
        if (current == null) {
            current = Caffeine.newBuilder()
                    .maximumSize(MAX_TENANTS)
                    // Maintenance is brief and runs in the caller, because a function is frozen once it has replied.
                    .executor(Runnable::run)
                    .buildAsync(new AsyncCacheLoader<String, @Nullable Entry>() {
                        @Override
                        public CompletableFuture<@Nullable Entry> asyncLoad(String tenant, Executor executor) {
                            return read(tenant, null);
                        }

                        @Override
                        public CompletableFuture<@Nullable Entry> asyncReload(
                                String tenant, @Nullable Entry previous, Executor executor) {
                            return read(tenant, previous);
                        }
                    });
            cache = current;
        }
        return current;
    }
}
