// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.state.Expectation;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A state to read.
 *
 * @param knownVersion the version that the caller has; while the state has it, the value is left out
 * @param waitMillis how long to wait while the state has the known version
 */
@JsonRecord
record ReadStateRequest(
        @JsonUnwrapped StateKeyRequest key,

        @Schema(example = "1700000000000000") @Nullable @Min(1) @Max(Expectation.Version.MAX)
        Long knownVersion,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "0")
        @Min(0)
        @Max(DecisionWaiters.MAX_WAIT_MILLIS)
        long waitMillis) {

    OptionalLong version() {
        return WriteConditions.optional(knownVersion);
    }

    Duration maxWait() {
        return Duration.ofMillis(waitMillis);
    }

    /** Leaves out the name. */
    @Override
    public String toString() {
        return "ReadStateRequest[…]";
    }
}
