// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.Completion;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * A result that is stored.
 *
 * @param completedAt the time at which this or an earlier completion of the owner stored the result
 * @param expiresAt the time at which the key expires
 * @param degraded whether it is in the memory of this process only
 */
@Serdeable.Serializable
record CompletionRecordedResponse(
        @Schema(type = "string", allowableValues = "completed")
        String outcome,

        @Schema(format = "date-time") String completedAt,
        @Schema(format = "date-time") String expiresAt,
        boolean degraded) {

    static CompletionRecordedResponse of(Completion completion, boolean degraded) {
        return new CompletionRecordedResponse(
                "completed",
                new Timestamp(completion.completedAt()).toString(),
                new Timestamp(completion.expiresAt()).toString(),
                degraded);
    }
}
