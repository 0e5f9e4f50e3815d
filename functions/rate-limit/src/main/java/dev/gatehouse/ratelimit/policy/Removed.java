package dev.gatehouse.ratelimit.policy;

/**
 * The outcome of removing a policy or an override: it is not there.
 *
 * @param existed whether it was until now
 */
public record Removed(boolean existed) {}
