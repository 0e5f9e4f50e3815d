package dev.gatehouse.session;

import java.time.Instant;
import java.util.Comparator;

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
        long version) {

    /** Sorts the first session to be evicted last. */
    static final Comparator<Session> NEWEST_FIRST = Comparator.comparing(Session::createdAt)
            .thenComparing(session -> session.id().random())
            .reversed();
}
