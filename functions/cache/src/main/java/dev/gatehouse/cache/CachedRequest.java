// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.CachedResult.Found;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.validation.InvalidArgument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

/**
 * A value to get from the cache, and how it is cached.
 *
 * @param freshSeconds see {@link CacheWrite}
 * @param staleSeconds see {@link CacheWrite}
 * @param tags see {@link CacheWrite}
 * @param leaseMillis 1 to {@link CacheLookup#MAX_LEASE_MILLIS}: how long a dead loader delays others. The lease is
 *     extended while the load runs, so a long load needs no long lease
 * @param waitMillis 0 to {@link DecisionWaiters#MAX_WAIT_MILLIS}: how long to wait for a missing value that another loads
 * @param holdMillis 0 to {@link CacheLookup#MAX_LEASE_MILLIS}: how long nobody loads after a load under the lease has
 *     failed, not even unshared. All callers get the stale value or {@link CachedResult.Held} at once, which protects an
 *     origin that is down. The failure of an unshared load begins no hold
 * @param unshared whether a caller without a lease loads too, without storing the value, once its wait has ended or if the
 *     cache is unavailable. If false, that caller gets no value
 */
public record CachedRequest<T>(
        CacheKey key,
        CacheCodec<T> codec,
        long freshSeconds,
        long staleSeconds,
        Set<String> tags,
        long leaseMillis,
        long waitMillis,
        long holdMillis,
        boolean unshared) {

    private static final long DEFAULT_MILLIS = 10_000;

    public CachedRequest {
        tags = Set.copyOf(tags);
        // Checks the bounds of times and tags.
        var _ = new CacheWrite(key, CacheValue.of(""), freshSeconds, staleSeconds, tags);
        InvalidArgument.requireRange("leaseMillis", leaseMillis, 1, CacheLookup.MAX_LEASE_MILLIS);
        InvalidArgument.requireRange("waitMillis", waitMillis, 0, DecisionWaiters.MAX_WAIT_MILLIS);
        CacheLookup.requireHold(holdMillis);
    }

    /**
     * Returns a request without stale time and tags. It has a lease and a wait of 10 s, no hold, and then loads unshared.
     */
    public static <T> CachedRequest<T> of(CacheKey key, CacheCodec<T> codec, long freshSeconds) {
        return new CachedRequest<>(key, codec, freshSeconds, 0, Set.of(), DEFAULT_MILLIS, DEFAULT_MILLIS, 0, true);
    }

    public CachedRequest<T> withStale(long seconds) {
        return new CachedRequest<>(
                key, codec, freshSeconds, seconds, tags, leaseMillis, waitMillis, holdMillis, unshared);
    }

    public CachedRequest<T> withTags(Set<String> all) {
        return new CachedRequest<>(
                key, codec, freshSeconds, staleSeconds, all, leaseMillis, waitMillis, holdMillis, unshared);
    }

    public CachedRequest<T> withLease(long millis) {
        return new CachedRequest<>(
                key, codec, freshSeconds, staleSeconds, tags, millis, waitMillis, holdMillis, unshared);
    }

    /** Returns a request with this wait; {@code thenUnshared} is its {@link #unshared}. */
    public CachedRequest<T> withWait(long millis, boolean thenUnshared) {
        return new CachedRequest<>(
                key, codec, freshSeconds, staleSeconds, tags, leaseMillis, millis, holdMillis, thenUnshared);
    }

    public CachedRequest<T> withHold(long millis) {
        return new CachedRequest<>(
                key, codec, freshSeconds, staleSeconds, tags, leaseMillis, waitMillis, millis, unshared);
    }

    CacheLookup lookup() {
        return new CacheLookup(key, LoadOwner.random(), leaseMillis);
    }

    /** Returns the value of a lookup; empty if it is missing or the codec cannot decode it. */
    Optional<CachedResult<T>> found(LookupOutcome outcome, Source source) {
        boolean degraded = source == Source.LOCAL;
        return switch (outcome) {
            case Fresh(var entry, var _) -> decoded(entry).map(value -> new Found<>(value, false, degraded));
            case Stale(var entry, var _) -> decoded(entry).map(value -> new Found<>(value, true, degraded));
            case Missing _ -> Optional.empty();
        };
    }

    private Optional<T> decoded(CacheEntry entry) {
        try {
            return Optional.of(codec.decode(entry.value().bytes()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the value to store; empty if it is too large.
     *
     * @throws UncheckedIOException if it has no JSON form
     */
    Optional<CacheWrite> write(T value) {
        try {
            var json = codec.encode(value);
            return json.length > CacheValue.MAX_BYTES
                    ? Optional.empty()
                    : Optional.of(new CacheWrite(key, CacheValue.of(json), freshSeconds, staleSeconds, tags));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
