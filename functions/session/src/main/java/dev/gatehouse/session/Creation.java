// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

/** The outcome of a creation. */
public sealed interface Creation {

    /**
     * The session was created with the requested token.
     *
     * @param evicted the number of older sessions that were ended
     */
    record Created(Session session, int evicted) implements Creation {}

    /** The user has the maximum number of sessions, and the request did not allow an eviction. */
    record LimitReached() implements Creation {}

    /** Attributes and device exceed {@link Attributes#MAX_BYTES} in stored form. */
    record TooLarge() implements Creation {}
}
