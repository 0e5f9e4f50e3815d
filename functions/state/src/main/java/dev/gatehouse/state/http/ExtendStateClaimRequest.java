// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.state.StateClaim;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * A claim to extend.
 *
 * @param leaseMillis the lease from now on; it never gets shorter
 */
@JsonRecord
record ExtendStateClaimRequest(
        @JsonUnwrapped FenceRequest claim,

        @Schema(example = "30000") @Min(1) @Max(StateClaim.MAX_LEASE_MILLIS)
        long leaseMillis) {}
