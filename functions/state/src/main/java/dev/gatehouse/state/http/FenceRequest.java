// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.state.Expectation;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * A claim of a state.
 *
 * @param fence the fence of the claim
 */
@JsonRecord
record FenceRequest(
        @JsonUnwrapped StateKeyRequest key,

        @Schema(example = "1700000000000000") @Min(1) @Max(Expectation.Version.MAX)
        long fence) {

    /** Leaves out the name. */
    @Override
    public String toString() {
        return "FenceRequest[…]";
    }
}
