// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;

/** A session and its token. */
record SessionAndToken(SessionToken token, Session session) {

    /** Returns a token of the same session with another secret. */
    SessionToken stranger() {
        return new SessionToken(token.id(), "A".repeat(43));
    }
}
