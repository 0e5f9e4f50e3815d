// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

/**
 * The grace period of a rotation, in which the old token stays valid. It serves requests in flight and clients that lost
 * the response. With 0, a lost response loses the session.
 *
 * @param seconds 0 to {@value #MAX_SECONDS}
 */
public record Grace(long seconds) {

    public static final long MAX_SECONDS = 3600;
    public static final Grace DEFAULT = new Grace(10);

    public Grace {
        InvalidSession.requireRange("graceSeconds", seconds, 0, MAX_SECONDS);
    }
}
