// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * How much of the log is kept.
 *
 * @param events the number of the last events
 * @param seconds the time for which the log is kept after this event
 */
@JsonRecord
record KeepRequest(
        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "100")
        @Min(1)
        @Max(Keep.MAX_EVENTS)
        int events,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "300")
        @Min(1)
        @Max(Keep.MAX_SECONDS)
        long seconds) {

    Keep toKeep() {
        return new Keep(events, seconds);
    }
}
