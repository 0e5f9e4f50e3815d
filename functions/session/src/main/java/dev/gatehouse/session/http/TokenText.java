// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.session.SessionId;
import dev.gatehouse.session.SessionToken;

/**
 * Parses tokens and ids from requests. A malformed one is replaced by one that no session has. The response is then the
 * same as for an unknown one, with Redis and without.
 */
final class TokenText {

    static final String EXAMPLE = "cZcnmZVkuDkc.mQ8Yd1vXy0S3o7Z9.2Zl7uXy0S3o7Z9aBcDeFmQ8Yd1vXy0S3o7Z9aBcDeFg";
    static final String EXAMPLE_ID = "cZcnmZVkuDkc.mQ8Yd1vXy0S3o7Z9";

    private static final SessionToken UNKNOWN =
            new SessionToken(new SessionId("A".repeat(12), "A".repeat(16)), "A".repeat(43));

    private TokenText() {}

    static SessionToken parse(String text) {
        return SessionToken.parse(text).orElse(UNKNOWN);
    }

    static SessionId parseId(String text) {
        return SessionId.parse(text).orElse(UNKNOWN.id());
    }
}
