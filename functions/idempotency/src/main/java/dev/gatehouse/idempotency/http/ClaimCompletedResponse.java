// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * Work that is done.
 *
 * @param response its result
 * @param completedAt the time at which this or an earlier completion of the owner stored the result
 * @param expiresAt the time at which the key expires
 * @param degraded whether it is in the memory of this process only
 */
@Serdeable.Serializable
record ClaimCompletedResponse(
        @Schema(type = "string", allowableValues = "completed")
        String outcome,

        ReplayedResult response,
        @Schema(format = "date-time") String completedAt,
        @Schema(format = "date-time") String expiresAt,
        boolean degraded)
        implements ClaimResponse {

    static ClaimCompletedResponse of(Completed completed, boolean degraded) {
        return new ClaimCompletedResponse(
                "completed",
                ReplayedResult.of(completed.response()),
                new Timestamp(completed.completedAt()).toString(),
                new Timestamp(completed.expiresAt()).toString(),
                degraded);
    }
}
