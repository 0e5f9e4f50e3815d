package dev.gatehouse.ratelimit.lease;

/** Which lease is meant. An id means nothing to another subject or name. */
public record Lease(LeasedSubject subject, LeaseId id) {}
