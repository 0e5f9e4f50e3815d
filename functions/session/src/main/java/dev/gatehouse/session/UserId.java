// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.redis.HashTag;

/**
 * The id of a user in the caller's system.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters (code points), well-formed
 */
public record UserId(String value) {

    public static final int MAX_LENGTH = 256;

    public UserId {
        check("userId", value);
    }

    /**
     * Returns the id.
     *
     * @throws InvalidSession for {@code field} if it is out of its bounds
     */
    public static UserId of(String field, String id) {
        check(field, id);
        return new UserId(id);
    }

    private static void check(String field, String id) {
        if (id.isEmpty() || id.codePointCount(0, id.length()) > MAX_LENGTH || !HashTag.isWellFormed(id)) {
            throw new InvalidSession(field, "must be 1 to " + MAX_LENGTH + " characters of well-formed Unicode");
        }
    }

    /** Returns the hash tag that the keys of the user's sessions and limits share. */
    public String tag() {
        return HashTag.of(value);
    }

    /** Leaves out the id: the text may be logged. */
    @Override
    public String toString() {
        return "UserId[…]";
    }
}
