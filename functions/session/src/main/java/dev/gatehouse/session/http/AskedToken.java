package dev.gatehouse.session.http;

import dev.gatehouse.session.SessionId;
import dev.gatehouse.session.SessionToken;

/**
 * Tokens and ids as callers give them. One that cannot be is asked for like one that nobody has: so it goes the same way
 * and gets the very same answer, whatever that is while Redis is there, and while it is not.
 */
final class AskedToken {

    static final String EXAMPLE = "cZcnmZVkuDkc.mQ8Yd1vXy0S3o7Z9.2Zl7uXy0S3o7Z9aBcDeFmQ8Yd1vXy0S3o7Z9aBcDeFg";
    static final String EXAMPLE_ID = "cZcnmZVkuDkc.mQ8Yd1vXy0S3o7Z9";

    /** No session has it, but by a chance of one in 2 to the power of 256. */
    private static final SessionToken NOBODYS =
            new SessionToken(new SessionId("A".repeat(12), "A".repeat(16)), "A".repeat(43));

    private AskedToken() {}

    static SessionToken of(String text) {
        return SessionToken.parse(text).orElse(NOBODYS);
    }

    static SessionId idOf(String text) {
        return SessionId.parse(text).orElse(NOBODYS.id());
    }
}
