// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.state.Expectation;
import dev.gatehouse.state.StateClaim;
import dev.gatehouse.web.RequestId;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A state to claim.
 *
 * @param leaseMillis how long others are refused, also after a crash
 * @param owner a secret of the claimant, generated if absent; claiming again with it returns the same fence
 * @param takeOver whether to supersede a writer whose lease is live
 * @param knownVersion the version that the caller has; if the state has it, the value is left out
 */
@JsonRecord
record ClaimStateRequest(
        @JsonUnwrapped StateKeyRequest key,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "30000")
        @Min(1)
        @Max(StateClaim.MAX_LEASE_MILLIS)
        long leaseMillis,

        @Schema(example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        @Nullable
        @Pattern(regexp = "^[!-~]{1,128}$", message = "must be 1 to 128 visible ASCII characters")
        String owner,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "false")
        boolean takeOver,

        @Schema(example = "1700000000000000") @Nullable @Min(1) @Max(Expectation.Version.MAX)
        Long knownVersion) {

    StateClaim toClaim(RequestId heldBy) {
        return new StateClaim(
                key.toKey(),
                owner == null ? RandomToken.next() : owner,
                heldBy.value(),
                leaseMillis,
                takeOver,
                WriteConditions.optional(knownVersion));
    }

    /** Leaves out name and owner. */
    @Override
    public String toString() {
        return "ClaimStateRequest[…]";
    }
}
