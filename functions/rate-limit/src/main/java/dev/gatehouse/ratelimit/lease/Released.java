package dev.gatehouse.ratelimit.lease;

/**
 * The outcome of releasing a lease, which is no longer live.
 *
 * @param wasLive whether the lease was live before
 */
public record Released(boolean wasLive) {}
