package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.Inspection;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/** What is known of a key. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "ClaimState", description = "What is known of a key.")
record InspectedAnswer(
        @Schema(example = "in-flight", pattern = "^(in-flight|completed)$")
        String state,

        @Schema(description = "In flight: since when.", format = "date-time") @Nullable
        String claimedAt,

        @Schema(description = "In flight: the id of the claimant's request.") @Nullable
        String claimedBy,

        @Schema(description = "In flight: from then on another may claim it.", format = "date-time") @Nullable
        String leaseExpiresAt,

        @Schema(description = "In flight: how often it was claimed.") @Nullable
        Long attempt,

        @Schema(description = "Completed: the result.") @Nullable
        ResponseMember response,

        @Schema(description = "Completed: when.", format = "date-time") @Nullable
        String completedAt,

        @Schema(description = "When the key is forgotten.", format = "date-time")
        String expiresAt,

        @Schema(description = "Whether it was told from this process's memory.", example = "false")
        boolean degraded) {

    /** Describes the answer. */
    @ApiResponse(
            responseCode = "200",
            description = "The work is in flight or done.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = InspectedAnswer.class)))
    @Retention(RetentionPolicy.CLASS)
    @Target(ElementType.METHOD)
    @interface Told {}

    static InspectedAnswer of(Inspection.InFlight known, boolean degraded) {
        return new InspectedAnswer(
                "in-flight",
                new Timestamp(known.claimedAt()).toString(),
                known.claimedBy(),
                new Timestamp(known.leaseEnds()).toString(),
                known.attempt(),
                null,
                null,
                new Timestamp(known.expiresAt()).toString(),
                degraded);
    }

    static InspectedAnswer of(Inspection.Completed known, boolean degraded) {
        return new InspectedAnswer(
                "completed",
                null,
                null,
                null,
                null,
                ResponseMember.of(known.response()),
                new Timestamp(known.completedAt()).toString(),
                new Timestamp(known.expiresAt()).toString(),
                degraded);
    }
}
