// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.Optional;

/** Announces to the members of a channel the changes that a call of a backend reported. Its methods do not block. */
public interface PresenceListener {

    /** Announces that a user joined. */
    void joined(String tenant, ChannelName channel, String userId, Optional<String> info, Deadline deadline);

    /** Announces that users left or departed. */
    void gone(String tenant, ChannelName channel, List<String> userIds, Deadline deadline);

    /** Announces that a user types or stopped. */
    void typing(String tenant, ChannelName channel, String userId, boolean typing, Deadline deadline);
}
