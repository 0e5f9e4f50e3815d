package dev.gatehouse.session;

/** The outcome of asking for a session. */
public sealed interface Creation {

    /**
     * There it is, under the token that it was asked for with.
     *
     * @param evicted how many older ones ended for it
     */
    record Created(Session session, int evicted) implements Creation {}

    /** The user has as many as there may be, and none was to end. */
    record LimitReached() implements Creation {}

    /** Its attributes and device take more than {@link Attributes#MAX_BYTES} to store. */
    record TooLarge() implements Creation {}
}
