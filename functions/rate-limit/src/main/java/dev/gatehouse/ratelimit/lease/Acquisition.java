// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import java.time.Duration;
import java.time.Instant;

/** The outcome of acquiring a lease. */
public sealed interface Acquisition {

    /** Returns the number of live leases, including this one if it was granted. */
    long inUse();

    /**
     * The lease is granted to the caller.
     *
     * @param fence the fencing token: greater than that of all earlier leases for the name and subject, and below
     *     2<sup>53</sup>. Writes made under the lease carry it, so that a store can reject a lower one
     * @param endsAt the end of the lease, in whole microseconds
     */
    record Granted(long fence, Instant endsAt, long inUse) implements Acquisition {}

    /**
     * The limit is reached, or exceeded after it was lowered.
     *
     * @param retryAfter time until a lease would be granted, if none is extended, released or granted before; in whole
     *     microseconds
     */
    record Exhausted(long inUse, Duration retryAfter) implements Acquisition {}
}
