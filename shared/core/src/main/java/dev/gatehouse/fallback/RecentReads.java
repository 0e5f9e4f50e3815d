// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Caches values that this process read from Redis a moment ago, for reads while Redis does not reply. A value is not stored
 * if a removal since the request may be newer than the reply. It evicts values to make room.
 *
 * <p>Thread-safe.
 */
public final class RecentReads<K, V> {

    /** Removals are counted for groups of keys, not for each key. */
    private static final int GROUPS = 1024;

    private record Copy<V>(V value, long readAt) {}

    /** The time of a request to Redis in microseconds, and the removals until then. The reply is not older. */
    public record Stamp(long micros, long removals) {}

    private final ToIntFunction<? super K> group;
    private final Duration longest;
    private final LongSupplier clock;
    private final EvictingCache<K, Copy<V>> copies;
    private final long[] lastRemoval = new long[GROUPS];
    private long removals;

    /**
     * @param maxBytes 0 to store nothing
     * @param size the bytes of a value, at least 1
     * @param group the number of the keys that are removed together, such as the hash of their owner
     * @param longest the time to live of a value, counted from the request to Redis
     * @param clock the time in microseconds since 1970
     */
    public RecentReads(
            long maxBytes,
            ToLongFunction<? super V> size,
            ToIntFunction<? super K> group,
            Duration longest,
            LongSupplier clock) {
        this.group = group;
        this.longest = longest;
        this.clock = clock;
        this.copies =
                new EvictingCache<>(maxBytes, copy -> size.applyAsLong(copy.value), () -> clock.getAsLong() * 1000);
    }

    /** Returns the current time. Call it before a request to Redis, and pass it to {@link #put} with the reply. */
    public synchronized Stamp stamp() {
        return new Stamp(clock.getAsLong(), removals);
    }

    /**
     * Stores a value that Redis returned, unless a key of its group was removed since {@code stamp}.
     *
     * @param end the end of the value in microseconds since 1970, in any case
     */
    public synchronized void put(K key, V value, long end, Stamp stamp) {
        if (lastRemoval[groupOf(key)] > stamp.removals) {
            return;
        }
        long left = Math.min(end, stamp.micros + longest.toNanos() / 1000) - clock.getAsLong();
        if (left > 0) {
            copies.put(key, new Copy<>(value, stamp.micros), Duration.of(left, ChronoUnit.MICROS));
        } else {
            copies.remove(key);
        }
    }

    /** Returns the cached value, or null. */
    public @Nullable V get(K key) {
        var copy = copies.get(key);
        // If the clock stepped back, the age of the copy is unknown.
        return copy == null || clock.getAsLong() < copy.readAt ? null : copy.value;
    }

    public synchronized void remove(K key) {
        lastRemoval[groupOf(key)] = ++removals;
        copies.remove(key);
    }

    /** Removes the value of {@code key}, however old, if it matches. */
    public synchronized void removeIf(K key, Predicate<? super V> which) {
        var copy = copies.get(key);
        if (copy != null && which.test(copy.value)) {
            remove(key);
        }
    }

    /**
     * Removes the keys that match; it tests every key.
     *
     * @param number the number of their group
     */
    public synchronized void removeGroup(int number, Predicate<? super K> which) {
        lastRemoval[Math.floorMod(number, GROUPS)] = ++removals;
        copies.removeIf(which);
    }

    /** Removes everything. */
    public synchronized void clear() {
        Arrays.fill(lastRemoval, ++removals);
        copies.clear();
    }

    private int groupOf(K key) {
        return Math.floorMod(group.applyAsInt(key), GROUPS);
    }
}
