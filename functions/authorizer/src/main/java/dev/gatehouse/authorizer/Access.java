package dev.gatehouse.authorizer;

/** The condition under which a request may pass, apart from limits. */
public sealed interface Access {

    /** Any live session. */
    Access SESSION = new WithSession();

    /** A live session. */
    record WithSession() implements Access {}

    /** None: a cookie is not accepted from the origin of the request. */
    record ForeignOrigin() implements Access {}
}
