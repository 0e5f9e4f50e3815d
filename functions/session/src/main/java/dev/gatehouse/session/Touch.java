// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

/** The effect of a lookup on the idle deadline. */
public enum Touch {
    /**
     * Counts as use of the session and moves the idle deadline. Redis stores it at most once per minute, or once per
     * thirtieth of the idle timeout if that is shorter. A session may end earlier by that much.
     */
    TOUCH,
    /** Does not count as use of the session, and writes nothing. */
    LOOK
}
