// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A live session.
 *
 * @param actor the person who acts for the user, such as a support agent; null if there is none
 * @param lastSeenAt the last touch that was written; see {@link Touch}
 * @param idleExpiresAt the end of the session unless it is touched
 * @param expiresAt the end of the session in any case
 * @param authenticatedAt the last authentication of the user: the last elevation, or the creation
 * @param elevation the elevation of the token that was looked up, else of the current token; null if there is none
 * @param version 1 at creation, incremented by each patch
 */
public record Session(
        SessionId id,
        UserId userId,
        @Nullable UserId actor,
        Instant createdAt,
        Instant lastSeenAt,
        Instant idleExpiresAt,
        Instant expiresAt,
        Instant authenticatedAt,
        @Nullable Elevation elevation,
        Attributes attributes,
        Device device,
        long version) {

    /**
     * A level of certainty about the user, for example after a second factor.
     *
     * @param level as in {@link Rotation.Grant}
     * @param until its end, at the latest the session's; exclusive
     */
    public record Elevation(String level, Instant until) {}

    /** Sorts the first session to be evicted last. */
    static final Comparator<Session> NEWEST_FIRST = Comparator.comparing(Session::createdAt)
            .thenComparing(session -> session.id().random())
            .reversed();

    /** Returns the session without a level that has ended by {@code now}. */
    Session asOf(Instant now) {
        return elevation == null || now.isBefore(elevation.until())
                ? this
                : new Session(
                        id,
                        userId,
                        actor,
                        createdAt,
                        lastSeenAt,
                        idleExpiresAt,
                        expiresAt,
                        authenticatedAt,
                        null,
                        attributes,
                        device,
                        version);
    }
}
