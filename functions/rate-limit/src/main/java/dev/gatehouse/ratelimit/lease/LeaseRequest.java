package dev.gatehouse.ratelimit.lease;

/**
 * A request for a lease.
 *
 * @param limit the maximum of live leases for the name and subject, 1 to {@link #MAX_LIMIT}
 */
public record LeaseRequest(Lease lease, long limit, LeaseLength length) {

    /**
     * The maximum limit. Granting costs about the same at any size, but this many leases occupy 24 MB in Redis. Their
     * key's expiry blocks Redis's only thread for 25 ms. Ten times as many would exceed the time allowed for a command.
     */
    public static final long MAX_LIMIT = 100_000;

    public LeaseRequest {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidLease("limit", "must be 1 to " + MAX_LIMIT);
        }
    }
}
