package dev.gatehouse.session;

/** The outcome of looking a session up by its token. */
public sealed interface Lookup {

    record Found(Session session) implements Lookup {}

    /** There is none: unknown, ended, revoked or with another secret, which nobody is told. */
    record Invalid() implements Lookup {}
}
