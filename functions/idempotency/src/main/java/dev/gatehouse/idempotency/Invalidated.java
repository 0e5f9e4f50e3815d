package dev.gatehouse.idempotency;

/**
 * The outcome of invalidating a key: nothing is known of it.
 *
 * @param wasKnown whether anything was until now
 */
public record Invalidated(boolean wasKnown) {}
