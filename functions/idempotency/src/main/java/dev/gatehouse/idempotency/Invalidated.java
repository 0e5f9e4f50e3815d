package dev.gatehouse.idempotency;

/**
 * The outcome of invalidating a key, which is no longer stored.
 *
 * @param wasKnown whether the key was stored until now
 */
public record Invalidated(boolean wasKnown) {}
