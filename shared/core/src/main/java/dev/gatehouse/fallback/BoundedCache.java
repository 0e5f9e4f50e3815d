package dev.gatehouse.fallback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a process remembers while Redis does not answer: a map of at most {@code maxEntries}, each with its own time to
 * live. Nothing that still lives is ever dropped to make room; when it is full it takes no new key. An entry is gone
 * the moment its time is over, but may hold its place for up to two seconds more.
 *
 * <p>Safe for threads: each call is one step, and the bound is exact. Until something is first put it holds no memory
 * and loads no class of the cache beneath it, for a function whose Redis is well should not pay for it.
 */
public final class BoundedCache<K, V> {

    private record Kept<V>(V value, Duration timeToLive) {}

    private final int maxEntries;
    private final LongSupplier nanos;

    private volatile @Nullable Cache<K, Kept<V>> cache;

    /**
     * @param maxEntries at least 1
     * @param nanos the time in nanoseconds, from any beginning
     */
    public BoundedCache(int maxEntries, LongSupplier nanos) {
        if (maxEntries < 1) {
            throw new IllegalArgumentException("maxEntries must be at least 1, not " + maxEntries);
        }
        this.maxEntries = maxEntries;
        this.nanos = nanos;
    }

    /** What is kept under {@code key}, or null if nothing is or its time is over. */
    public @Nullable V get(K key) {
        var entries = cache;
        var kept = entries == null ? null : entries.getIfPresent(key);
        return kept == null ? null : kept.value;
    }

    /**
     * Keeps {@code value} for {@code timeToLive}, in place of what was kept before.
     *
     * @return false if {@code key} is new and the memory full; then nothing has changed
     */
    public synchronized boolean put(K key, V value, Duration timeToLive) {
        var entries = entries();
        if (entries.getIfPresent(key) == null) {
            // It may be there still with its time over, and would be counted.
            entries.invalidate(key);
            if (!hasRoomFor(1)) {
                return false;
            }
        }
        entries.put(key, new Kept<>(value, timeToLive));
        return true;
    }

    /** Whether so many new keys would be taken now. It stays true until somebody puts one. */
    public synchronized boolean hasRoomFor(int newKeys) {
        var entries = cache;
        if (entries == null || entries.estimatedSize() + newKeys <= maxEntries) {
            return newKeys <= maxEntries;
        }
        entries.cleanUp();
        // Exact, for all that puts or removes holds this object's monitor.
        return entries.estimatedSize() + newKeys <= maxEntries;
    }

    public synchronized void remove(K key) {
        var entries = cache;
        if (entries != null) {
            entries.invalidate(key);
        }
    }

    /** Forgets what is kept under such keys; it looks at all. */
    public synchronized void removeIf(Predicate<? super K> which) {
        var entries = cache;
        if (entries != null) {
            entries.asMap().keySet().removeIf(which);
        }
    }

    /** Forgets everything. */
    public synchronized void clear() {
        cache = null;
    }

    private Cache<K, Kept<V>> entries() {
        var entries = cache;
        if (entries == null) {
            entries = Caffeine.newBuilder()
                    .ticker(nanos::getAsLong)
                    .expireAfter(Expiry.<K, Kept<V>>writing((_, kept) -> kept.timeToLive))
                    // Its upkeep is brief and due here and now: a function is frozen as soon as it has answered.
                    .executor(Runnable::run)
                    .build();
            cache = entries;
        }
        return entries;
    }
}
