package dev.gatehouse.session;

/** The outcome of a creation. */
public sealed interface Creation {

    /**
     * The session was created with the requested token.
     *
     * @param evicted the number of older sessions that were ended
     */
    record Created(Session session, int evicted) implements Creation {}

    /** The user has the maximum of sessions, and none was to be ended. */
    record LimitReached() implements Creation {}

    /** Attributes and device exceed {@link Attributes#MAX_BYTES} in stored form. */
    record TooLarge() implements Creation {}
}
