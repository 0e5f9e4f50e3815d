// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A channel to catch up with.
 *
 * @param channel the name of the channel
 * @param since {@code at} of the last response; if absent, only the present position is returned
 * @param limit the number of events in the response
 * @param waitMillis how long to wait for an event after the position
 */
@JsonRecord
record CatchUpRequest(
        @Schema(example = "room:42") @Pattern(regexp = ConnectionRequest.NAME, message = ConnectionRequest.NAME_RULE)
        String channel,

        @Schema(example = "7-mQ8Yd1vXy0S3o7Z9aBcDeF") @Nullable
        String since,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "100")
        @Min(1)
        @Max(ChannelLog.MAX_LIMIT)
        int limit,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "0")
        @Min(0)
        @Max(DecisionWaiters.MAX_WAIT_MILLIS)
        long waitMillis) {

    ChannelName channelName() {
        return new ChannelName(channel);
    }

    /** @throws dev.gatehouse.validation.InvalidArgument if it is no position */
    Optional<Position> position() {
        return Optional.ofNullable(since).map(Position::of);
    }

    Duration maxWait() {
        return Duration.ofMillis(waitMillis);
    }

    /** Leaves out the name. */
    @Override
    public String toString() {
        return "CatchUpRequest[…]";
    }
}
