// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;

/**
 * A connection of a user to a channel.
 *
 * @param channel the name of the channel
 * @param userId the user
 * @param connectionId the connection of the user, such as that of one browser window
 */
@JsonRecord
record ConnectionRequest(
        @Schema(example = "room:42") @Pattern(regexp = NAME, message = NAME_RULE)
        String channel,

        @Schema(example = "ada") @Pattern(regexp = NAME, message = NAME_RULE)
        String userId,

        @Schema(example = "L0SM9cOFvHcCIhw=") @Pattern(regexp = NAME, message = NAME_RULE)
        String connectionId) {

    static final String NAME = "^[!-~]{1,255}$";
    static final String NAME_RULE = "must be 1 to 255 visible ASCII characters";

    ChannelName channelName() {
        return new ChannelName(channel);
    }

    MemberConnection toConnection() {
        return new MemberConnection(userId, connectionId);
    }

    /** Leaves out the names. */
    @Override
    public String toString() {
        return "ConnectionRequest[…]";
    }
}
