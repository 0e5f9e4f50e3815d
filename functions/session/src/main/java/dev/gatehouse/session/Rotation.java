// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import java.util.regex.Pattern;

/** The outcome of a rotation or elevation. */
public sealed interface Rotation {

    /**
     * The session has a new token.
     *
     * @param token the new token
     */
    record Rotated(Session session, SessionToken token) implements Rotation {}

    /** The token is not valid. */
    record Invalid() implements Rotation {}

    /** The token was replaced, and its grace period is over; see {@link Lookup.Reused}. */
    record Reused() implements Rotation {}

    /**
     * The level of certainty that an elevation grants to the new token, after the caller has authenticated the user again.
     *
     * @param level the name of the level, such as {@code strong}; see {@link #LEVEL}
     * @param seconds its duration, 1 to {@value #MAX_SECONDS}
     */
    record Grant(String level, long seconds) {

        /** A regular expression for the names of levels. */
        public static final String LEVEL = "^[A-Za-z0-9._-]{1,32}$";

        /** A day. */
        public static final long MAX_SECONDS = 86_400;

        private static final Pattern NAME = Pattern.compile(LEVEL);

        public Grant {
            if (!NAME.matcher(level).matches()) {
                throw new InvalidSession("level", "must be 1 to 32 characters of A-Z a-z 0-9 . _ -");
            }
            InvalidSession.requireRange("seconds", seconds, 1, MAX_SECONDS);
        }
    }
}
