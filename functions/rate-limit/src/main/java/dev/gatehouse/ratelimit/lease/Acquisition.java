package dev.gatehouse.ratelimit.lease;

import java.time.Duration;
import java.time.Instant;

/** The outcome of asking for a lease. */
public sealed interface Acquisition {

    /** Leases that are live now, this one among them if it was granted. */
    long inUse();

    /**
     * The lease is the asker's.
     *
     * @param fence greater than that of every lease granted before for the name and subject, and below 2<sup>53</sup>;
     *     to be sent along with what is done under the lease, so that a store can refuse whoever comes with a lesser
     *     one
     * @param endsAt when it is live no more, in microseconds
     */
    record Granted(long fence, Instant endsAt, long inUse) implements Acquisition {}

    /**
     * As many as the limit are live, or more where the limit was lowered.
     *
     * @param retryAfter when one would be granted if none is extended, released or granted before; in microseconds
     */
    record Exhausted(long inUse, Duration retryAfter) implements Acquisition {}
}
