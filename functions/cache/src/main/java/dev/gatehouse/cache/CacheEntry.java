// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import java.time.Instant;

/**
 * A cached value.
 *
 * @param freshUntil the end of the fresh time; for a value marked stale, the time of the lookup at the latest
 * @param expiresAt the time from which the value is not returned
 */
public record CacheEntry(CacheValue value, Instant freshUntil, Instant expiresAt) {}
