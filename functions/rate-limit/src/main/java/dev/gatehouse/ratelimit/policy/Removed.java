package dev.gatehouse.ratelimit.policy;

/**
 * The outcome of removing a policy or an override, which no longer exists.
 *
 * @param existed whether it existed before
 */
public record Removed(boolean existed) {}
