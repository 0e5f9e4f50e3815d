// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * A user who types or stops.
 *
 * @param typing whether the user types
 * @param ttlMillis the time after which typing ends without another request
 */
@JsonRecord
record TypingRequest(
        @JsonUnwrapped ConnectionRequest connection,
        boolean typing,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "6000")
        @Min(1)
        @Max(PresenceStore.MAX_TYPING_MILLIS)
        long ttlMillis) {}
