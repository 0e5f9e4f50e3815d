// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.state.Expectation;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * A state to delete.
 *
 * @param expect the version on which the deletion is based, {@code "absent"} or {@code "any"}
 * @param fence the fence of the writer's claim
 */
@JsonRecord
record DeleteStateRequest(
        @JsonUnwrapped StateKeyRequest key,

        @Schema(implementation = Object.class, ref = "#/components/schemas/ExpectedVersion")
        JsonValue expect,

        @Schema(example = "1700000000000000") @Nullable @Min(1) @Max(Expectation.Version.MAX)
        Long fence)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        ExpectedVersion.validate(expect, violations);
    }

    Expectation expectation() {
        return ExpectedVersion.of(expect);
    }

    /** Leaves out the name. */
    @Override
    public String toString() {
        return "DeleteStateRequest[…]";
    }
}
