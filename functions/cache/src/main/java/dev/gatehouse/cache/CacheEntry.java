package dev.gatehouse.cache;

import java.time.Instant;

/**
 * A cached value.
 *
 * @param freshUntil the end of its fresh time; for a value marked stale, not after the lookup
 * @param expiresAt from then on it is not returned
 */
public record CacheEntry(CacheValue value, Instant freshUntil, Instant expiresAt) {}
