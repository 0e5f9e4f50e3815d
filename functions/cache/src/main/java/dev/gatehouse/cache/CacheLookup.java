package dev.gatehouse.cache;

/**
 * A lookup of one key.
 *
 * @param owner gets the lease if there is one to get
 * @param leaseMillis 1 to {@link #MAX_LEASE_MILLIS}, how long a dead loader delays others; or 0 for no lease and no change
 */
public record CacheLookup(CacheKey key, LoadOwner owner, long leaseMillis) {

    /** An hour. */
    public static final long MAX_LEASE_MILLIS = 3_600_000;

    public CacheLookup {
        InvalidCacheRequest.requireRange("leaseMillis", leaseMillis, 0, MAX_LEASE_MILLIS);
    }

    static void requireHold(long holdMillis) {
        InvalidCacheRequest.requireRange("holdMillis", holdMillis, 0, MAX_LEASE_MILLIS);
    }
}
