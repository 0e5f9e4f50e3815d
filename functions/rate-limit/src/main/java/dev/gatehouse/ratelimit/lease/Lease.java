package dev.gatehouse.ratelimit.lease;

/** A lease's subject and id. An id is valid only for its own name and subject. */
public record Lease(LeasedSubject subject, LeaseId id) {}
