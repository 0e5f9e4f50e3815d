// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A map bounded in bytes, in which each entry has its own time to live. To make room it evicts entries that are rarely
 * used. Thread-safe.
 *
 * <p>Loads no class of Caffeine before the first {@link #put}, because loading them slows the cold start.
 */
public final class EvictingCache<K, V> {

    private record Entry<V>(V value, int bytes, Duration timeToLive) {}

    private final long maxBytes;
    private final ToLongFunction<? super V> size;
    private final LongSupplier nanos;

    private volatile @Nullable Cache<K, Entry<V>> cache;

    /**
     * @param maxBytes 0 to store nothing
     * @param size the bytes of a value, at least 1
     * @param nanos the time in nanoseconds, from any origin
     */
    public EvictingCache(long maxBytes, ToLongFunction<? super V> size, LongSupplier nanos) {
        this.maxBytes = maxBytes;
        this.size = size;
        this.nanos = nanos;
    }

    /** Returns the live value of {@code key}, or null. */
    public @Nullable V get(K key) {
        var current = cache;
        var entry = current == null ? null : current.getIfPresent(key);
        return entry == null ? null : entry.value;
    }

    /** Stores {@code value} for {@code timeToLive}, unless it is larger than the cache; the previous value is gone. */
    public void put(K key, V value, Duration timeToLive) {
        long bytes = size.applyAsLong(value);
        if (bytes > maxBytes) {
            remove(key);
        } else {
            cache().put(key, new Entry<>(value, Math.toIntExact(bytes), timeToLive));
        }
    }

    public void remove(K key) {
        var current = cache;
        if (current != null) {
            current.invalidate(key);
        }
    }

    public void removeIf(Predicate<? super K> filter) {
        var current = cache;
        if (current != null) {
            current.asMap().keySet().removeIf(filter);
        }
    }

    public void clear() {
        removeIf(_ -> true);
    }

    private Cache<K, Entry<V>> cache() {
        var current = cache;
        return current == null ? firstCache() : current;
    }

    private synchronized Cache<K, Entry<V>> firstCache() {
        var current = cache;
        if (current == null) {
            current = Caffeine.newBuilder()
                    .maximumWeight(maxBytes)
                    .weigher((K _, Entry<V> entry) -> entry.bytes)
                    .expireAfter(Expiry.<K, Entry<V>>writing((_, entry) -> entry.timeToLive))
                    .ticker(nanos::getAsLong)
                    // Maintenance is brief and runs in the caller, because a function is frozen once it has replied.
                    .executor(Runnable::run)
                    .build();
            cache = current;
        }
        return current;
    }
}
