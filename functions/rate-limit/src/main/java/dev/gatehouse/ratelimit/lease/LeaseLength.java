package dev.gatehouse.ratelimit.lease;

/**
 * How long a lease lasts unless it is extended or released: for so long a holder that crashed still holds it.
 *
 * @param millis 1 to {@link #MAX_MILLIS}
 */
public record LeaseLength(long millis) {

    /** A day. */
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
