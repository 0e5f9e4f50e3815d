// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import java.util.concurrent.TimeUnit;

/**
 * The length of a lease: how long a crashed worker keeps others from the work.
 *
 * @param millis 1 to {@link #MAX_MILLIS}
 */
public record ClaimLease(long millis) {

    /** A day. */
    public static final long MAX_MILLIS = 86_400_000;

    public ClaimLease {
        InvalidArgument.requireRange("leaseMillis", millis, 1, MAX_MILLIS);
    }

    long micros() {
        return millis * 1000;
    }

    /** Returns the shorter of this length and the time until {@code end}, at least one millisecond. */
    ClaimLease atMost(Deadline end) {
        return new ClaimLease(Math.max(1, Math.min(millis, TimeUnit.NANOSECONDS.toMillis(end.remainingNanos()))));
    }
}
