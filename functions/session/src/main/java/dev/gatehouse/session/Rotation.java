package dev.gatehouse.session;

/** The outcome of a rotation. */
public sealed interface Rotation {

    /**
     * The session has a new token.
     *
     * @param token the new token
     */
    record Rotated(Session session, SessionToken token) implements Rotation {}

    /** The token is not valid. */
    record Invalid() implements Rotation {}

    /** The token was replaced, and its grace period is over; see {@link Lookup.Reused}. */
    record Reused() implements Rotation {}
}
