// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.Inspection;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The state of a key.
 *
 * @param claimedAt the time of the claim, while in flight
 * @param claimedBy the request id of the claimant, while in flight
 * @param leaseExpiresAt the time from which others can claim it, while in flight
 * @param attempt the number of claims, while in flight
 * @param response completed: the result
 * @param completedAt completed: when
 * @param expiresAt the time at which the key expires
 * @param degraded whether it was read from the memory of this process
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
record ClaimStateResponse(
        @Schema(
                type = "string",
                allowableValues = {"in-flight", "completed"})
        String state,

        @Schema(format = "date-time") @Nullable String claimedAt,
        @Nullable String claimedBy,
        @Schema(format = "date-time") @Nullable String leaseExpiresAt,
        @Nullable Long attempt,
        @Nullable ReplayedResult response,
        @Schema(format = "date-time") @Nullable String completedAt,
        @Schema(format = "date-time") String expiresAt,
        boolean degraded) {

    static ClaimStateResponse of(Inspection.InFlight claim, boolean degraded) {
        return new ClaimStateResponse(
                "in-flight",
                new Timestamp(claim.claimedAt()).toString(),
                claim.claimedBy(),
                new Timestamp(claim.leaseEnds()).toString(),
                claim.attempt(),
                null,
                null,
                new Timestamp(claim.expiresAt()).toString(),
                degraded);
    }

    static ClaimStateResponse of(Completed claim, boolean degraded) {
        return new ClaimStateResponse(
                "completed",
                null,
                null,
                null,
                null,
                ReplayedResult.of(claim.response()),
                new Timestamp(claim.completedAt()).toString(),
                new Timestamp(claim.expiresAt()).toString(),
                degraded);
    }
}
