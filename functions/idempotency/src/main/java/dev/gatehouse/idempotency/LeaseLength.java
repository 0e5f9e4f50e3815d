package dev.gatehouse.idempotency;

import dev.gatehouse.redis.Deadline;
import java.util.concurrent.TimeUnit;

/**
 * How long the work may take unless the lease is extended: for so long a worker that crashed still keeps others away.
 *
 * @param millis 1 to {@link #MAX_MILLIS}
 */
public record LeaseLength(long millis) {

    /** A day. */
    public static final long MAX_MILLIS = 86_400_000;

    public LeaseLength {
        if (millis < 1 || millis > MAX_MILLIS) {
            throw new InvalidClaim("leaseMillis", "must be 1 to " + MAX_MILLIS);
        }
    }

    long micros() {
        return millis * 1000;
    }

    /** This length, or what is left until {@code end} if that is less; a millisecond at the least. */
    LeaseLength atMost(Deadline end) {
        return new LeaseLength(Math.max(1, Math.min(millis, TimeUnit.NANOSECONDS.toMillis(end.remainingNanos()))));
    }
}
