// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value in memory, as {@code entry.lua} describes it. Times are in microseconds.
 *
 * @param epoch the epoch of the scope when the load began, 0 without a scope
 * @param sequence the sequence of the scope when the load began
 * @param load the duration of the load
 * @param marked whether a soft invalidation has made it stale
 */
record LocalEntry(
        CacheValue value,
        Set<String> tags,
        long epoch,
        long sequence,
        long freshUntil,
        long expires,
        long load,
        boolean marked) {

    private static final long OVERHEAD = 400;

    /** Returns a value that is stored now. */
    static LocalEntry of(CacheWrite write, long epoch, long sequence, long load, long now) {
        return new LocalEntry(
                write.value(),
                write.tags(),
                epoch,
                sequence,
                now + write.freshMicros(),
                now + write.lifeMicros(),
                load,
                false);
    }

    /** Returns a value of Redis, without its tags. It expires {@code staleSeconds} past its fresh time at most. */
    static LocalEntry remembered(CacheEntry entry, @Nullable LocalScope scope, long staleSeconds) {
        long fresh = MicroClock.micros(entry.freshUntil());
        long expires = Math.min(MicroClock.micros(entry.expiresAt()), fresh + staleSeconds * 1_000_000);
        return new LocalEntry(
                entry.value(),
                Set.of(),
                LocalScope.epochOf(scope),
                LocalScope.sequenceOf(scope),
                fresh,
                expires,
                0,
                false);
    }

    /** Returns this entry, marked if the scope marks it; null if it is expired or invalidated, or the scope is another. */
    @Nullable
    LocalEntry within(@Nullable LocalScope scope, long now) {
        if (now >= expires || epoch != LocalScope.epochOf(scope)) {
            return null;
        }
        if (scope == null) {
            return this;
        }
        if (scope.isVoid(tags, sequence)) {
            return null;
        }
        return scope.isStale(tags, sequence) ? asMarked() : this;
    }

    /** Returns the approximate size in memory, in bytes. */
    long size() {
        return OVERHEAD + value.size();
    }

    /** Returns how long the entry is stored. */
    Duration life(long now) {
        return Duration.of(Math.max(expires - now, 0), ChronoUnit.MICROS);
    }

    boolean isStale(long now) {
        return marked || now >= freshUntil;
    }

    /** Returns whether the value is to be loaded: it is stale, or there is no more time than for two loads. */
    boolean isDue(long now) {
        return isStale(now) || freshUntil - now < 2 * load;
    }

    LocalEntry asMarked() {
        return new LocalEntry(value, tags, epoch, sequence, freshUntil, expires, load, true);
    }

    CacheEntry toCacheEntry(long now) {
        return new CacheEntry(
                value,
                MicroClock.instant(marked ? Math.min(freshUntil, now) : freshUntil),
                MicroClock.instant(expires));
    }

    Filled toFilled() {
        return new Filled(MicroClock.instant(freshUntil), MicroClock.instant(expires));
    }
}
