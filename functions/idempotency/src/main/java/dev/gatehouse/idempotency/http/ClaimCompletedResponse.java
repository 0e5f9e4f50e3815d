package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.Completion;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * A result that was stored, by this completion or by an earlier one of the owner.
 *
 * @param expiresAt when the key expires
 * @param degraded whether it is stored in the memory of this process only
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record ClaimCompletedResponse(
        @Schema(example = "completed") String outcome,
        @Schema(format = "date-time") String completedAt,
        @Schema(format = "date-time") String expiresAt,
        boolean degraded) {

    static ClaimCompletedResponse of(Completion completion, boolean degraded) {
        return new ClaimCompletedResponse(
                "completed",
                new Timestamp(completion.completedAt()).toString(),
                new Timestamp(completion.expiresAt()).toString(),
                degraded);
    }
}
