// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.channel.Publication.Recipients;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event to publish.
 *
 * @param channel the name of the channel
 * @param event the type of the event
 * @param data any JSON value of up to 32 KiB; returned as it was written, apart from white space
 * @param id identifies the event, generated if absent; while an event with this id is kept, another is not published
 * @param keep how much of the log is kept; that of the last event counts
 * @param exclude the id of a connection that is no recipient; only with recipients
 * @param recipients whether to return the ids of the live connections of the channel
 */
@JsonRecord
record PublishRequest(
        @Schema(example = "room:42") @Pattern(regexp = ConnectionRequest.NAME, message = ConnectionRequest.NAME_RULE)
        String channel,

        @Schema(example = "message")
        @Pattern(regexp = "^[!-~]{1,64}$", message = "must be 1 to 64 visible ASCII characters")
        String event,

        @Schema(implementation = Object.class, ref = "#/components/schemas/AnyValue")
        JsonValue data,

        @Schema(example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        @Nullable
        @Pattern(regexp = ConnectionRequest.NAME, message = ConnectionRequest.NAME_RULE)
        String id,

        @Nullable KeepRequest keep,

        @Schema(example = "L0SM9cOFvHcCIhw=")
        @Nullable
        @Pattern(regexp = ConnectionRequest.NAME, message = ConnectionRequest.NAME_RULE)
        String exclude,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "false")
        boolean recipients)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        if (exclude != null && !recipients) {
            violations.add("exclude", "must be left out without recipients");
        }
    }

    ChannelName channelName() {
        return new ChannelName(channel);
    }

    /** @throws dev.gatehouse.validation.InvalidArgument if the data is too long */
    Publication toPublication() {
        return new Publication(
                event,
                data.text(),
                id == null ? RandomToken.next() : id,
                Optional.of(keep == null ? Keep.DEFAULT : keep.toKeep()),
                Optional.empty(),
                recipients ? Optional.of(new Recipients(exclude == null ? "" : exclude)) : Optional.empty());
    }

    /** Leaves out the content, which belongs to the caller. */
    @Override
    public String toString() {
        return "PublishRequest[…]";
    }
}
