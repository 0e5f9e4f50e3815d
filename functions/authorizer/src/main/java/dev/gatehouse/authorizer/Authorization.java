package dev.gatehouse.authorizer;

import dev.gatehouse.session.Session;
import org.jspecify.annotations.Nullable;

/** The outcome of asking whether a request may pass. */
public sealed interface Authorization {

    /**
     * It may.
     *
     * @param quotas how the limits were decided; {@link Quotas#exceeded} only where that was asked to be a mark
     */
    record Authorized(Session session, Quotas quotas) implements Authorization {}

    /** There is no live session behind it. */
    record Unauthorized() implements Authorization {}

    /**
     * A limit has no room for it.
     *
     * @param session whose it is; null where that was not to be told, for its address has no room
     * @param quotas of the limits that were asked
     */
    record OverLimit(@Nullable Session session, Quotas quotas) implements Authorization {}
}
