package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * The result of work that has been done.
 *
 * @param expiresAt when the key expires
 * @param degraded whether it was read from the memory of this process
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record ClaimReplayedResponse(
        @Schema(example = "completed") String outcome,
        ReplayedResult response,
        @Schema(format = "date-time") String completedAt,
        @Schema(format = "date-time") String expiresAt,
        boolean degraded) {

    static ClaimReplayedResponse of(Completed completed, boolean degraded) {
        return new ClaimReplayedResponse(
                "completed",
                ReplayedResult.of(completed.response()),
                new Timestamp(completed.completedAt()).toString(),
                new Timestamp(completed.expiresAt()).toString(),
                degraded);
    }
}
