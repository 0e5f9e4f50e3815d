// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.web.json.JsonRecord;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * The claim whose lease to extend.
 *
 * @param leaseMillis the length of the lease from now; a lease is never shortened
 */
@JsonRecord
record ExtendClaimRequest(
        @JsonUnwrapped ReleaseClaimRequest claim,
        @Min(1) @Max(ClaimLease.MAX_MILLIS) long leaseMillis) {}
