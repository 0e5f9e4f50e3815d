// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A message of a client.
 *
 * @param action join, leave, publish, typing, catch-up or ping
 * @param channel the channel; only ping has none
 * @param ref a text that the response repeats
 * @param since with join and catch-up: the position of the client
 * @param info with join: a JSON value that other members see
 * @param event with publish: the type of the event
 * @param data with publish: any JSON value
 * @param id with publish: identifies the event
 * @param typing with typing: whether the user types
 * @param limit with catch-up: the number of events
 */
@JsonRecord
record ClientMessage(
        @JsonProperty("do")
        @Pattern(
                regexp = "^(join|leave|publish|typing|catch-up|ping)$",
                message = "must be one of: join, leave, publish, typing, catch-up, ping")
        String action,

        @Nullable @Pattern(regexp = NAME, message = NAME_RULE)
        String channel,

        @Nullable @Size(max = 64) String ref,
        @Nullable String since,
        @Nullable JsonValue info,

        @Nullable @Pattern(regexp = "^[!-~]{1,64}$", message = "must be 1 to 64 visible ASCII characters")
        String event,

        @Nullable JsonValue data,

        @Nullable @Pattern(regexp = NAME, message = NAME_RULE)
        String id,

        @Nullable Boolean typing,
        @Nullable @Min(1) @Max(ChannelLog.MAX_LIMIT) Integer limit)
        implements Validatable {

    private static final String NAME = "^[!-~]{1,255}$";
    private static final String NAME_RULE = "must be 1 to 255 visible ASCII characters";

    @Override
    public void validate(ViolationCollector violations) {
        require("channel", channel, !action.equals("ping"), violations);
        require("event", event, action.equals("publish"), violations);
        require("data", data, action.equals("publish"), violations);
        require("typing", typing, action.equals("typing"), violations);
        require("since", since, action.equals("catch-up"), violations);
    }

    private static void require(String name, @Nullable Object value, boolean required, ViolationCollector violations) {
        if (required && value == null) {
            violations.add(name, "is required");
        }
    }

    ChannelName channelName() {
        return new ChannelName(channel == null ? "" : channel);
    }

    /** @throws dev.gatehouse.validation.InvalidArgument if it is no position */
    Optional<Position> position() {
        return Optional.ofNullable(since).map(Position::of);
    }

    /** Returns the violations of a malformed message as one text. */
    static String violations(InvalidRequest invalid) {
        return invalid.violations().stream()
                .map(violation -> (violation.field() + " " + violation.message()).strip())
                .collect(Collectors.joining("; "));
    }

    /** Leaves out the content, which belongs to the client. */
    @Override
    public String toString() {
        return "ClientMessage[…]";
    }
}
