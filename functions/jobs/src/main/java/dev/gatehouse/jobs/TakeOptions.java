// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.validation.InvalidArgument;
import java.util.Optional;

/**
 * The options of a taker.
 *
 * @param max the maximum number of jobs, 0 to {@value #MAX_JOBS}. With 0 a drainer announces only that it attends
 * @param leaseMillis the time for which the jobs are leased, 1 to {@link #MAX_LEASE_MILLIS}
 * @param attendance the announcement of a drainer; empty for a taker that may not come again
 * @param requestId identifies this call, so that it can be repeated, and begins the leases; secret, 1 to
 *     {@value #MAX_REQUEST_LENGTH} visible ASCII characters
 */
public record TakeOptions(int max, long leaseMillis, Optional<Attendance> attendance, String requestId) {

    public static final int MAX_JOBS = 20;

    /** Twelve hours. */
    public static final long MAX_LEASE_MILLIS = 43_200_000;

    public static final long DEFAULT_LEASE_MILLIS = 30_000;

    static final int MAX_REQUEST_LENGTH = 100;

    public TakeOptions {
        InvalidArgument.requireRange("max", max, 0, MAX_JOBS);
        requireLease(leaseMillis);
        InvalidArgument.requireVisible("requestId", requestId, 1, MAX_REQUEST_LENGTH);
    }

    /** Returns the options of a taker that does not attend, for {@value #DEFAULT_LEASE_MILLIS} ms. */
    public static TakeOptions of(int max) {
        return new TakeOptions(max, DEFAULT_LEASE_MILLIS, Optional.empty(), RandomToken.next());
    }

    public TakeOptions withLeaseMillis(long millis) {
        return new TakeOptions(max, millis, attendance, requestId);
    }

    public TakeOptions withAttendance(Attendance announced) {
        return new TakeOptions(max, leaseMillis, Optional.of(announced), requestId);
    }

    static void requireLease(long leaseMillis) {
        InvalidArgument.requireRange("leaseMillis", leaseMillis, 1, MAX_LEASE_MILLIS);
    }

    /** Leaves out drainer and request. */
    @Override
    public String toString() {
        return "TakeOptions[" + max + "]";
    }
}
