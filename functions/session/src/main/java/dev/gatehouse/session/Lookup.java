package dev.gatehouse.session;

/** The outcome of a lookup. */
public sealed interface Lookup {

    record Found(Session session) implements Lookup {}

    /** The token is unknown, expired, revoked or has another secret. The reason is not disclosed. */
    record Invalid() implements Lookup {}
}
