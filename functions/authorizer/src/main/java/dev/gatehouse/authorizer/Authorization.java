package dev.gatehouse.authorizer;

import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.session.Session;
import org.jspecify.annotations.Nullable;

/** The outcome of authorizing a request. */
public sealed interface Authorization {

    /**
     * The request may pass.
     *
     * @param quotas the decisions of the limits; {@link CheckedLimits#exceeded} only under {@link
     *     AuthorizationRequest.OnLimit#FLAG}
     */
    record Authorized(Session session, CheckedLimits quotas) implements Authorization {}

    /**
     * The request has no live session.
     *
     * @param tokenReused whether its token was replaced before; see {@link dev.gatehouse.session.TokenReuse}
     */
    record Unauthorized(boolean tokenReused) implements Authorization {

        public Unauthorized() {
            this(false);
        }
    }

    /**
     * A limit has no room for the request.
     *
     * @param session the request's session; null if the address's limits denied it, which reveals nothing of the
     *     session
     * @param quotas the decisions of the limits that were checked
     */
    record OverLimit(@Nullable Session session, CheckedLimits quotas) implements Authorization {}
}
