package dev.gatehouse.session;

/**
 * A session that is asked for.
 *
 * @param token the new session's, so that asking again asks for the same: see {@link #of}
 * @param idleSeconds how long it lives without a touch, 1 to {@link #MAX_SECONDS}; its whole life if that is shorter
 * @param absoluteSeconds how long it lives at most, 1 to {@link #MAX_SECONDS}
 * @param maxSessions how many live sessions the user may have with this one, 1 to {@value #MOST_SESSIONS}
 * @param onLimit what is done when there are as many
 */
public record SessionRequest(
        SessionToken token,
        UserId userId,
        Attributes attributes,
        Device device,
        long idleSeconds,
        long absoluteSeconds,
        int maxSessions,
        OnLimit onLimit) {

    /** A year of 365 days. */
    public static final long MAX_SECONDS = 31_536_000;

    /** No user has more, whatever is asked for: all of them are in one key. */
    public static final int MOST_SESSIONS = 1000;

    public static final long DEFAULT_IDLE_SECONDS = 1800;
    public static final long DEFAULT_ABSOLUTE_SECONDS = 86_400;

    /** What is done when a user has all the sessions there may be. */
    public enum OnLimit {
        /** The one that was created first ends; of several that were created at one moment, the one whose id is least. */
        EVICT_OLDEST,
        /** None is created. */
        REJECT
    }

    public SessionRequest {
        checkSeconds("idleSeconds", idleSeconds);
        checkSeconds("absoluteSeconds", absoluteSeconds);
        if (maxSessions < 1 || maxSessions > MOST_SESSIONS) {
            throw new InvalidSession("maxSessions", "must be 1 to " + MOST_SESSIONS);
        }
        if (!token.id().tag().equals(userId.tag())) {
            throw new IllegalArgumentException("the token is another user's");
        }
    }

    private static void checkSeconds(String field, long seconds) {
        if (seconds < 1 || seconds > MAX_SECONDS) {
            throw new InvalidSession(field, "must be 1 to " + MAX_SECONDS);
        }
    }

    /** Asks for a session of {@code user} under a new token. */
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
                onLimit);
    }
}
