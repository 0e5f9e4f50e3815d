package dev.gatehouse.ratelimit.lease;

/**
 * The outcome of releasing a lease: it is not live.
 *
 * @param wasLive whether it was until now
 */
public record Released(boolean wasLive) {}
