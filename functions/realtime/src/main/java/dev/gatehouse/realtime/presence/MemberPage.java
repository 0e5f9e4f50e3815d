// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import dev.gatehouse.validation.InvalidArgument;
import java.util.List;
import java.util.Optional;

/**
 * A page of the users who are present, in the order of their ids.
 *
 * @param count the number of all users who are present
 * @param departed the users whose last connection ended, see {@link PresenceStore}
 * @param next the user id after which the next page begins; empty at the end
 */
public record MemberPage(List<Member> members, long count, List<String> departed, Optional<String> next) {

    public static final int MAX_LIMIT = 1000;

    public MemberPage {
        members = List.copyOf(members);
        departed = List.copyOf(departed);
    }

    static void requireLimit(int limit) {
        InvalidArgument.requireRange("limit", limit, 1, MAX_LIMIT);
    }
}
