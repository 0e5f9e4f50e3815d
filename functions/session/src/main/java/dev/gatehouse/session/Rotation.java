package dev.gatehouse.session;

/** The outcome of exchanging a session's token. */
public sealed interface Rotation {

    /**
     * The session has another token.
     *
     * @param token opens the session from now on
     */
    record Rotated(Session session, SessionToken token) implements Rotation {}

    /** The token opens no session. */
    record Invalid() implements Rotation {}
}
