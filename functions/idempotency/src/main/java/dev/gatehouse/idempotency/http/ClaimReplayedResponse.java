package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** The response to a claim of work that has been done. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "ClaimCompleted", description = "The work has been done, with this result.")
record ClaimReplayedResponse(
        @Schema(example = "completed") String outcome,

        ReplayedResult response,

        @Schema(format = "date-time", example = "2026-09-21T14:13:20.000Z")
        String completedAt,

        @Schema(description = "When the key expires.", format = "date-time", example = "2026-09-22T14:13:20.000Z")
        String expiresAt,

        @Schema(description = "Whether it was read from the memory of this process.", example = "false")
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
