// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Returns to which connections a message of a channel is delivered that its log does not keep. */
@FunctionalInterface
public interface ChannelRecipients {

    /**
     * Returns the live connections of a channel; none if there are more than {@value ChannelLog#MAX_RECIPIENTS}. The stage
     * completes by the deadline, and never exceptionally.
     *
     * @param exclude the id of a connection to leave out; empty for none
     */
    CompletionStage<Decision<List<MemberConnection>>> of(
            String tenant, ChannelName channel, String exclude, Deadline deadline);
}
