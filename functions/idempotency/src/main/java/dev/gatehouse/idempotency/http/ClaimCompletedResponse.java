package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.Completion.Recorded;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** The response to a completion. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "CompletionRecorded", description = "The stored result, or the one stored by the owner before.")
record ClaimCompletedResponse(
        @Schema(example = "completed") String outcome,

        @Schema(format = "date-time", example = "2026-09-21T14:13:20.000Z")
        String completedAt,

        @Schema(description = "When the key expires.", format = "date-time", example = "2026-09-22T14:13:20.000Z")
        String expiresAt,

        @Schema(description = "Whether it is stored in the memory of this process only.", example = "false")
        boolean degraded) {

    static ClaimCompletedResponse of(Recorded recorded, boolean degraded) {
        return new ClaimCompletedResponse(
                "completed",
                new Timestamp(recorded.completedAt()).toString(),
                new Timestamp(recorded.expiresAt()).toString(),
                degraded);
    }
}
