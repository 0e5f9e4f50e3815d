// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.fallback.RecentReads;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.util.Objects;
import java.util.SortedSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches keys that this process verified on Redis, for verifications while Redis does not reply. An entry lives for
 * {@link #LONGEST}, never beyond the key's expiry. A revocation, rotation or patch through this process removes the key at
 * once. The cache does not reflect those by another process.
 *
 * <p>Thread-safe.
 */
public final class IssuedKeyCache {

    /** 16 MiB, about ten thousand keys. */
    public static final long DEFAULT_MAX_BYTES = 16L << 20;

    /** The time to live of an entry, counted from the request to Redis. */
    public static final Duration LONGEST = Duration.ofSeconds(60);

    /** The estimated bytes of a key without scopes and attributes. */
    private static final long OVERHEAD = 1000;

    private record Key(String tenant, String part) {}

    private record Copy(KeyDigest digest, IssuedKey key) {

        long bytes() {
            var details = key.details();
            return OVERHEAD
                    + 2L * details.attributes().length()
                    + 150L * details.scopes().size();
        }
    }

    private final RecentReads<Key, Copy> copies;

    /** @param maxBytes 0 to store nothing */
    public IssuedKeyCache(long maxBytes) {
        this(maxBytes, MicroClock::now);
    }

    /** @param clock the time in microseconds since 1970 */
    public IssuedKeyCache(long maxBytes, LongSupplier clock) {
        this.copies = new RecentReads<>(maxBytes, Copy::bytes, Objects::hashCode, LONGEST, clock);
    }

    /** Returns the current time. Call it before sending a verification, and pass it to {@link #update} with the outcome. */
    public RecentReads.Stamp stamp() {
        return copies.stamp();
    }

    /** Stores a key that Redis found, unless it was removed since {@code stamp}; removes one that Redis rejected. */
    public void update(String tenant, KeyDigest digest, Verification verification, RecentReads.Stamp stamp) {
        var cacheKey = new Key(tenant, digest.id("").part());
        switch (verification) {
            case Verification.Valid(var key) -> put(cacheKey, new Copy(digest, key), stamp);
            case Verification.ScopeMissing(var key, var _) -> put(cacheKey, new Copy(digest, key), stamp);
            case Verification.Invalid _ -> copies.removeIf(cacheKey, copy -> copy.digest.equals(digest));
        }
    }

    private void put(Key cacheKey, Copy copy, RecentReads.Stamp stamp) {
        var end = copy.key.expiresAt();
        copies.put(cacheKey, copy, end == null ? Long.MAX_VALUE : MicroClock.micros(end), stamp);
    }

    /** Returns the outcome by the cached key; null if the key is not cached. */
    public @Nullable Verification find(String tenant, PresentedKey key, SortedSet<String> scopes) {
        var copy = copies.get(new Key(tenant, key.digest().id("").part()));
        return copy != null && key.matches(copy.digest, copy.key.prefix()) ? copy.key.verification(scopes) : null;
    }

    /** Removes one key. */
    void forget(String tenant, KeyId id) {
        copies.remove(new Key(tenant, id.part()));
    }

    /** Removes everything. Call it when Redis replies again. */
    public void clear() {
        copies.clear();
    }
}
