// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import java.util.concurrent.TimeUnit;

/**
 * A lookup of one key.
 *
 * @param owner the owner of the lease, if one is granted
 * @param leaseMillis the length of the lease, 1 to {@link #MAX_LEASE_MILLIS}: how long a dead loader delays others. With 0 the
 *     lookup gets no lease and changes nothing
 */
public record CacheLookup(CacheKey key, LoadOwner owner, long leaseMillis) {

    /** An hour. */
    public static final long MAX_LEASE_MILLIS = 3_600_000;

    public CacheLookup {
        InvalidArgument.requireRange("leaseMillis", leaseMillis, 0, MAX_LEASE_MILLIS);
    }

    /** Returns this lookup with a lease that ends at {@code end} at the latest. */
    CacheLookup within(Deadline end) {
        long left = TimeUnit.NANOSECONDS.toMillis(end.remainingNanos());
        return leaseMillis <= left ? this : new CacheLookup(key, owner, Math.max(left, Math.min(leaseMillis, 1)));
    }

    static void requireExtension(long leaseMillis) {
        InvalidArgument.requireRange("leaseMillis", leaseMillis, 1, MAX_LEASE_MILLIS);
    }

    static void requireHold(long holdMillis) {
        InvalidArgument.requireRange("holdMillis", holdMillis, 0, MAX_LEASE_MILLIS);
    }
}
