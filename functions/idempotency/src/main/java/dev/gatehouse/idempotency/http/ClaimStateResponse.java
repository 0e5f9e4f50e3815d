package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.Inspection;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The state of a key. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "ClaimState", description = "The state of a key.")
record ClaimStateResponse(
        @Schema(example = "in-flight", pattern = "^(in-flight|completed)$")
        String state,

        @Schema(description = "In flight: when it was claimed.", format = "date-time") @Nullable
        String claimedAt,

        @Schema(description = "In flight: the request id of the claimant.") @Nullable
        String claimedBy,

        @Schema(description = "In flight: when others can claim it.", format = "date-time") @Nullable
        String leaseExpiresAt,

        @Schema(description = "In flight: the number of claims.") @Nullable
        Long attempt,

        @Schema(description = "Completed: the result.") @Nullable
        ReplayedResult response,

        @Schema(description = "Completed: when.", format = "date-time") @Nullable
        String completedAt,

        @Schema(description = "When the key expires.", format = "date-time")
        String expiresAt,

        @Schema(description = "Whether it was read from the memory of this process.", example = "false")
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

    static ClaimStateResponse of(Inspection.Completed claim, boolean degraded) {
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
