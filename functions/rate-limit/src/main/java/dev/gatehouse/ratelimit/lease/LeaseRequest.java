// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.ratelimit.InvalidLimit;

/**
 * A request for a lease.
 *
 * @param limit the maximum of live leases for the name and subject, 1 to {@link #MAX_LIMIT}
 * @param millis the duration of the lease, unless it is extended or released; 1 to {@link #MAX_MILLIS}. A holder that
 *     crashed keeps its lease until then
 */
public record LeaseRequest(Lease lease, long limit, long millis) {

    /**
     * The maximum limit. Granting costs about the same at any size, but this many leases occupy 24 MB in Redis. Their
     * key's expiry blocks Redis's only thread for 25 ms. Ten times as many would exceed the time allowed for a command.
     */
    public static final long MAX_LIMIT = 100_000;

    /** The maximum duration in milliseconds: one day. */
    public static final long MAX_MILLIS = 86_400_000;

    public LeaseRequest {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidLimit("limit", "must be 1 to " + MAX_LIMIT);
        }
        var _ = micros(millis);
    }

    /** Returns a duration in microseconds, if it is within the bounds. */
    static long micros(long millis) {
        if (millis < 1 || millis > MAX_MILLIS) {
            throw new InvalidLimit("leaseMillis", "must be 1 to " + MAX_MILLIS);
        }
        return millis * 1000;
    }
}
