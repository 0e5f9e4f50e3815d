package dev.gatehouse.session;

import java.time.Instant;

/**
 * A live session.
 *
 * @param lastSeenAt the last touch that was written; see {@link Touch}
 * @param idleExpiresAt the end of the session unless it is touched
 * @param expiresAt the end of the session in any case
 * @param version 1 at creation, incremented by each patch
 */
public record Session(
        SessionId id,
        UserId userId,
        Instant createdAt,
        Instant lastSeenAt,
        Instant idleExpiresAt,
        Instant expiresAt,
        Attributes attributes,
        Device device,
        long version) {}
