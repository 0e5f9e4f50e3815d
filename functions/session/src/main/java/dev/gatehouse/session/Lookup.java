// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

/** The outcome of a lookup. */
public sealed interface Lookup {

    record Found(Session session) implements Lookup {}

    /** The token is unknown, expired, revoked or has another secret. The reason is not disclosed. */
    record Invalid() implements Lookup {}

    /**
     * The token was replaced, and its grace period is over: a sign of theft. The caller gets the same response as for an
     * invalid token.
     */
    record Reused() implements Lookup {}
}
