// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import dev.gatehouse.validation.InvalidArgument;

/**
 * One connection of a user, such as a browser window.
 *
 * @param userId 1 to {@value #MAX_LENGTH} visible ASCII characters
 * @param connectionId 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record MemberConnection(String userId, String connectionId) {

    public static final int MAX_LENGTH = 255;

    public MemberConnection {
        InvalidArgument.requireVisible("userId", userId, 1, MAX_LENGTH);
        InvalidArgument.requireVisible("connectionId", connectionId, 1, MAX_LENGTH);
    }

    /** Leaves out the ids: the text may be logged. */
    @Override
    public String toString() {
        return "MemberConnection[…]";
    }
}
