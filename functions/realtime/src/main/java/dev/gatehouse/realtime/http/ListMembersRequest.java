// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.presence.MemberPage;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A channel whose members to list.
 *
 * @param channel the name of the channel
 * @param limit the number of members in the response
 * @param after {@code next} of the previous page
 */
@JsonRecord
record ListMembersRequest(
        @Schema(example = "room:42") @Pattern(regexp = ConnectionRequest.NAME, message = ConnectionRequest.NAME_RULE)
        String channel,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "100")
        @Min(1)
        @Max(MemberPage.MAX_LIMIT)
        int limit,

        @Schema(example = "ada")
        @Nullable
        @Pattern(regexp = ConnectionRequest.NAME, message = ConnectionRequest.NAME_RULE)
        String after) {

    ChannelName channelName() {
        return new ChannelName(channel);
    }

    /** Leaves out the names. */
    @Override
    public String toString() {
        return "ListMembersRequest[…]";
    }
}
