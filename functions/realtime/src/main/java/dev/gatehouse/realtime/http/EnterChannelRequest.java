// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.realtime.presence.EnterRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection that enters a channel, or its heartbeat.
 *
 * @param ttlSeconds the time after which the connection ends without another heartbeat
 * @param info any JSON value of up to 1 KiB that other members see; if absent, it stays as it is
 */
@JsonRecord
record EnterChannelRequest(
        @JsonUnwrapped ConnectionRequest connection,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "600")
        @Min(1)
        @Max(EnterRequest.MAX_TTL_SECONDS)
        long ttlSeconds,

        @Schema(
                implementation = Object.class,
                ref = "#/components/schemas/AnyValue",
                nullable = false,
                requiredMode = NOT_REQUIRED)
        @Nullable
        JsonValue info) {

    /** @throws dev.gatehouse.validation.InvalidArgument if info is too long */
    EnterRequest toRequest() {
        return EnterRequest.of(
                connection.toConnection(), ttlSeconds, Optional.ofNullable(info).map(JsonValue::text));
    }
}
