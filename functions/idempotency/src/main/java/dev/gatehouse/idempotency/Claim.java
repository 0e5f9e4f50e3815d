package dev.gatehouse.idempotency;

/** Which claim is meant: that of this owner on this key. */
public record Claim(IdempotencyKey key, Owner owner) {}
