package dev.gatehouse.ratelimit.lease;

/**
 * The duration of a lease, unless it is extended or released. A holder that crashed keeps its lease until then.
 *
 * @param millis 1 to {@link #MAX_MILLIS}
 */
public record LeaseLength(long millis) {

    /** The maximum duration in milliseconds: one day. */
    public static final long MAX_MILLIS = 86_400_000;

    public LeaseLength {
        if (millis < 1 || millis > MAX_MILLIS) {
            throw new InvalidLease("leaseMillis", "must be 1 to " + MAX_MILLIS);
        }
    }

    long micros() {
        return millis * 1000;
    }
}
