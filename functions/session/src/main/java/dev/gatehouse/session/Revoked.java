package dev.gatehouse.session;

/**
 * The outcome of a revocation.
 *
 * @param sessions the number of live sessions that were ended
 */
public record Revoked(int sessions) {}
