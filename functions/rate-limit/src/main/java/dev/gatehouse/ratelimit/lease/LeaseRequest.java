package dev.gatehouse.ratelimit.lease;

/**
 * A lease that is asked for.
 *
 * @param limit how many may be live at once, 1 to {@link #MAX_LIMIT}
 */
public record LeaseRequest(Lease lease, long limit, LeaseLength length) {

    /**
     * Granting costs about the same at any size, but so many leases take 24 MB in Redis, and 25 ms of its only thread
     * when their key expires. Ten times as many would take longer than a command may.
     */
    public static final long MAX_LIMIT = 100_000;

    public LeaseRequest {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidLease("limit", "must be 1 to " + MAX_LIMIT);
        }
    }
}
