package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.Completion;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done.
 *
 * @param response its result, if it was asked for by a claim
 * @param completedAt when this or an earlier completion of the owner stored the result
 * @param expiresAt when the key expires
 * @param degraded whether it is in the memory of this process only
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
record ClaimCompletedResponse(
        @Schema(example = "completed") String outcome,
        @Nullable ReplayedResult response,
        @Schema(format = "date-time") String completedAt,
        @Schema(format = "date-time") String expiresAt,
        boolean degraded) {

    static ClaimCompletedResponse of(Completion completion, boolean degraded) {
        return new ClaimCompletedResponse(
                "completed",
                null,
                new Timestamp(completion.completedAt()).toString(),
                new Timestamp(completion.expiresAt()).toString(),
                degraded);
    }

    static ClaimCompletedResponse of(Completed completed, boolean degraded) {
        return new ClaimCompletedResponse(
                "completed",
                ReplayedResult.of(completed.response()),
                new Timestamp(completed.completedAt()).toString(),
                new Timestamp(completed.expiresAt()).toString(),
                degraded);
    }
}
