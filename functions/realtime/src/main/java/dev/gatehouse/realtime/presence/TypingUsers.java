// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import java.util.List;

/**
 * The users who are typing.
 *
 * @param changed whether the user began or stopped typing by this call
 * @param users up to {@value #MAX_USERS}, in the order of the end of their typing
 */
public record TypingUsers(boolean changed, List<String> users) {

    public static final int MAX_USERS = 100;

    public static final TypingUsers NONE = new TypingUsers(false, List.of());

    public TypingUsers {
        users = List.copyOf(users);
    }
}
