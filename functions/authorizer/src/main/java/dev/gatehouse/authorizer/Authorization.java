// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.apikeys.IssuedKey;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.session.Session;
import org.jspecify.annotations.Nullable;

/** The outcome of authorizing a request. */
public sealed interface Authorization {

    /**
     * The request may pass.
     *
     * @param session null if the access is {@link Access.Anonymous}
     * @param quotas the decisions of the limits; {@link CheckedLimits#exceeded} only under {@link
     *     AuthorizationRequest.OnLimit#FLAG}
     */
    record Authorized(@Nullable Session session, CheckedLimits quotas) implements Authorization {}

    /** The request may pass by its API key. The limits are those of the address and of the key's owner. */
    record KeyAuthorized(IssuedKey key, CheckedLimits quotas) implements Authorization {}

    /** The request has no live session, or no live API key. */
    record Unauthorized(Reason reason) implements Authorization {

        /** The reason, for logs and metrics. */
        public enum Reason {
            /** There is no token of a live session. */
            NO_SESSION,
            /** The token was replaced before; see {@link dev.gatehouse.session.TokenReuse}. */
            TOKEN_REUSED,
            /** Only a cookie holds a token, and the request is unsafe and not from an allowed origin. */
            FOREIGN_ORIGIN
        }

        public Unauthorized() {
            this(Reason.NO_SESSION);
        }
    }

    /**
     * The session lacks what the access requires, or nothing suffices. Its limits are charged all the same.
     *
     * @param session null if none was looked up
     */
    record Forbidden(@Nullable Session session, CheckedLimits quotas) implements Authorization {}

    /**
     * A limit has no room for the request.
     *
     * @param session the request's session; null if the address's limits denied it, which reveals nothing of the
     *     session
     * @param quotas the decisions of the limits that were checked
     */
    record OverLimit(@Nullable Session session, CheckedLimits quotas) implements Authorization {}
}
