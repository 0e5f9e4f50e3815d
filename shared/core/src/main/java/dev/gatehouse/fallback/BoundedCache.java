// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A map bounded in entries and bytes, in which each entry has its own time to live. A full one rejects new keys: no live
 * entry is ever lost to make room. See {@link EvictingCache} for the opposite.
 *
 * <p>An expired entry is absent at once, but may occupy its place for up to a second more. The bounds are exact. Thread-safe,
 * without a lock that all threads share. Caffeine is no base for it: its eviction drops live entries, and its bounds are exact
 * only after maintenance.
 */
public final class BoundedCache<K, V> {

    private static final long SWEEP_NANOS = 1_000_000_000;

    /** A class, not a record, so that an entry equals only itself. */
    private static final class Entry<V> {

        final V value;
        final long bytes;
        final long putAt;
        final long expiresAt;

        Entry(V value, long bytes, long putAt, long timeToLive) {
            this.value = value;
            this.bytes = bytes;
            this.putAt = putAt;
            this.expiresAt = putAt + timeToLive;
        }

        /** Returns an entry that was put at {@code now}, because the clock went back behind the put. */
        Entry<V> movedTo(long now) {
            return new Entry<>(value, bytes, now, expiresAt - putAt);
        }
    }

    private final int maxEntries;
    private final long maxBytes;
    private final ToLongFunction<? super V> size;
    private final LongSupplier nanos;

    private final ConcurrentHashMap<K, Entry<V>> map = new ConcurrentHashMap<>();
    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong lastSweep = new AtomicLong();

    /**
     * @param maxEntries at least 1
     * @param nanos the time in nanoseconds, from any origin
     */
    public BoundedCache(int maxEntries, LongSupplier nanos) {
        this(maxEntries, Long.MAX_VALUE, _ -> 0, nanos);
    }

    /**
     * @param maxEntries at least 1
     * @param maxBytes at least 0
     * @param size the bytes of a value
     * @param nanos the time in nanoseconds, from any origin
     */
    public BoundedCache(int maxEntries, long maxBytes, ToLongFunction<? super V> size, LongSupplier nanos) {
        if (maxEntries < 1) {
            throw new IllegalArgumentException("maxEntries must be at least 1, not " + maxEntries);
        }
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
        this.size = size;
        this.nanos = nanos;
    }

    /** Returns the live value of {@code key}, or null. */
    public @Nullable V get(K key) {
        var entry = map.get(key);
        return entry != null && nanos.getAsLong() < entry.expiresAt ? entry.value : null;
    }

    /** Returns the live entries of the keys that match {@code filter}. Tests every key. */
    public Map<K, V> entries(Predicate<? super K> filter) {
        long now = nanos.getAsLong();
        var found = new HashMap<K, V>();
        map.forEach((key, entry) -> {
            if (now < entry.expiresAt && filter.test(key)) {
                found.put(key, entry.value);
            }
        });
        return found;
    }

    /**
     * Stores {@code value} for {@code timeToLive}, in place of the previous value.
     *
     * @return false if there is no room for it; then nothing has changed
     */
    public boolean put(K key, V value, Duration timeToLive) {
        var entry = new Entry<>(value, size.applyAsLong(value), nanos.getAsLong(), timeToLive.toNanos());
        return putIfRoom(key, entry, true) || (sweep() && putIfRoom(key, entry, true));
    }

    /**
     * Stores {@code value} for {@code timeToLive}, if the key has no live value. Of concurrent calls, one stores it.
     *
     * @return whether it was stored; false also if there is no room for it
     */
    public boolean putIfAbsent(K key, V value, Duration timeToLive) {
        if (get(key) != null) {
            return false;
        }
        var entry = new Entry<>(value, size.applyAsLong(value), nanos.getAsLong(), timeToLive.toNanos());
        return putIfRoom(key, entry, false) || (sweep() && putIfRoom(key, entry, false));
    }

    private boolean putIfRoom(K key, Entry<V> entry, boolean replaces) {
        var put = map.compute(key, (_, before) -> {
            if (before != null && !replaces && entry.putAt < before.expiresAt) {
                return before;
            }
            boolean fits = before == null ? reserve(1, entry.bytes) : reserve(0, entry.bytes - before.bytes);
            return fits ? entry : before;
        });
        return put == entry;
    }

    private boolean reserve(int newEntries, long moreBytes) {
        if (newEntries > 0 && entries.addAndGet(newEntries) > maxEntries) {
            entries.addAndGet(-newEntries);
            return false;
        }
        // A value that is no larger than the previous one always fits.
        if (moreBytes != 0 && bytes.addAndGet(moreBytes) > maxBytes && moreBytes > 0) {
            bytes.addAndGet(-moreBytes);
            entries.addAndGet(-newEntries);
            return false;
        }
        return true;
    }

    /** Returns whether {@code newKeys} new keys would be accepted now. Another thread may take the room at any time. */
    public boolean hasRoomFor(int newKeys) {
        return newKeys + entries.get() <= maxEntries || (sweep() && newKeys + entries.get() <= maxEntries);
    }

    public void remove(K key) {
        map.computeIfPresent(key, (_, entry) -> released(entry));
    }

    public void removeIf(Predicate<? super K> filter) {
        map.keySet().forEach(key -> {
            if (filter.test(key)) {
                remove(key);
            }
        });
    }

    public void clear() {
        removeIf(_ -> true);
    }

    /**
     * Removes the expired entries, once a second and in one thread. Other threads return false at once. After a step
     * back of the clock, an entry is removed once it has lived for its time to live from then.
     */
    private boolean sweep() {
        long now = nanos.getAsLong();
        long last = lastSweep.get();
        if (Math.abs(now - last) < SWEEP_NANOS || !lastSweep.compareAndSet(last, now)) {
            return false;
        }
        map.forEach((key, entry) -> {
            if (now >= entry.expiresAt) {
                map.computeIfPresent(key, (_, current) -> current == entry ? released(entry) : current);
            } else if (now < entry.putAt) {
                map.replace(key, entry, entry.movedTo(now));
            }
        });
        return true;
    }

    private @Nullable Entry<V> released(Entry<V> entry) {
        entries.decrementAndGet();
        bytes.addAndGet(-entry.bytes);
        return null;
    }
}
