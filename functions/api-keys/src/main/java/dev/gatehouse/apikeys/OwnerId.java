// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;

/**
 * The id of a key's owner in the caller's system: a customer, a project, a service.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters (code points), well-formed
 */
public record OwnerId(String value) {

    public static final int MAX_LENGTH = 256;

    public OwnerId {
        if (value.isEmpty() || value.codePointCount(0, value.length()) > MAX_LENGTH || !HashTag.isWellFormed(value)) {
            throw new InvalidArgument("ownerId", "must be 1 to " + MAX_LENGTH + " characters of well-formed Unicode");
        }
    }

    /** Returns the hash tag that the owner's keys and limits share. */
    String tag() {
        return HashTag.of(value);
    }

    /** Leaves out the id: the text may be logged. */
    @Override
    public String toString() {
        return "OwnerId[…]";
    }
}
