// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.state.Expectation;
import dev.gatehouse.state.StateKey;
import dev.gatehouse.state.StateValue;
import dev.gatehouse.state.StateWrite;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a write.
 *
 * @param expect the version on which the write is based, {@code "absent"} to create, or {@code "any"}
 * @param fence the fence of the writer's claim
 * @param ttlSeconds the remaining life from now; by default a day for a new state, and unchanged for an existing one
 * @param saveId identifies the write, generated if absent; a repetition with it returns the first response
 */
@JsonRecord
record WriteConditions(
        @Schema(implementation = Object.class, ref = "#/components/schemas/ExpectedVersion")
        JsonValue expect,

        @Schema(example = "1700000000000000") @Nullable @Min(1) @Max(Expectation.Version.MAX)
        Long fence,

        @Schema(example = "86400") @Nullable @Min(1) @Max(StateWrite.MAX_TTL_SECONDS)
        Long ttlSeconds,

        @Schema(example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        @Nullable
        @Pattern(regexp = "^[!-~]{1,128}$", message = "must be 1 to 128 visible ASCII characters")
        String saveId)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        ExpectedVersion.validate(expect, violations);
    }

    /** @throws dev.gatehouse.validation.InvalidArgument if {@code value} is no object, or out of its bounds */
    StateWrite toWrite(StateKey key, String member, JsonValue value, boolean merges) {
        return new StateWrite(
                key,
                ExpectedVersion.of(expect),
                optional(fence),
                StateValue.of(member, value.sourceText()),
                merges,
                optional(ttlSeconds),
                saveId == null ? RandomToken.next() : saveId);
    }

    static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
