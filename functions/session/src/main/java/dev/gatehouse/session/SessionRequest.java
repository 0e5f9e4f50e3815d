// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import org.jspecify.annotations.Nullable;

/**
 * A request for a session.
 *
 * @param token the token of the new session, which makes the request repeatable; see {@link #of}
 * @param idleSeconds the idle timeout, 1 to {@link #MAX_SECONDS}
 * @param absoluteSeconds the absolute timeout, 1 to {@link #MAX_SECONDS}
 * @param maxSessions the maximum of live sessions of the user, including this one, 1 to {@value #MOST_SESSIONS}
 * @param onLimit the behavior at the maximum
 * @param actor the person who acts for the user; null if there is none
 * @param onReuse the reaction to the reuse of a replaced token of this session; null for that of the store
 */
public record SessionRequest(
        SessionToken token,
        UserId userId,
        Attributes attributes,
        Device device,
        long idleSeconds,
        long absoluteSeconds,
        int maxSessions,
        OnLimit onLimit,
        @Nullable UserId actor,
        @Nullable TokenReuse onReuse) {

    /** A year of 365 days. */
    public static final long MAX_SECONDS = 31_536_000;

    /** Bounds the sessions of a user, which share one key. */
    public static final int MOST_SESSIONS = 1000;

    public static final long DEFAULT_IDLE_SECONDS = 1800;
    public static final long DEFAULT_ABSOLUTE_SECONDS = 86_400;

    /** The behavior when a user has the maximum number of sessions. */
    public enum OnLimit {
        /** Ends the oldest session; of several created at one instant, the one with the least id. */
        EVICT_OLDEST,
        /** Creates no session. */
        REJECT
    }

    public SessionRequest {
        InvalidSession.requireRange("idleSeconds", idleSeconds, 1, MAX_SECONDS);
        InvalidSession.requireRange("absoluteSeconds", absoluteSeconds, 1, MAX_SECONDS);
        InvalidSession.requireRange("maxSessions", maxSessions, 1, MOST_SESSIONS);
        if (!token.id().tag().equals(userId.tag())) {
            throw new IllegalArgumentException("the token belongs to another user");
        }
    }

    /** Returns a request for a session of {@code user} with a new token. */
    public static SessionRequest of(
            UserId user,
            Attributes attributes,
            Device device,
            long idleSeconds,
            long absoluteSeconds,
            int maxSessions,
            OnLimit onLimit) {
        return new SessionRequest(
                SessionToken.random(user),
                user,
                attributes,
                device,
                idleSeconds,
                absoluteSeconds,
                maxSessions,
                onLimit,
                null,
                null);
    }

    public SessionRequest withActor(@Nullable UserId acting) {
        return new SessionRequest(
                token, userId, attributes, device, idleSeconds, absoluteSeconds, maxSessions, onLimit, acting, onReuse);
    }

    public SessionRequest withOnReuse(@Nullable TokenReuse reaction) {
        return new SessionRequest(
                token, userId, attributes, device, idleSeconds, absoluteSeconds, maxSessions, onLimit, actor, reaction);
    }

    /** Returns the request with the attributes of {@code other} that it lacks. */
    SessionRequest withMissing(Attributes other) {
        return new SessionRequest(
                token,
                userId,
                other.with(attributes),
                device,
                idleSeconds,
                absoluteSeconds,
                maxSessions,
                onLimit,
                actor,
                onReuse);
    }
}
