package dev.gatehouse.functions.idempotency;

import io.swagger.v3.oas.annotations.media.Schema;

/** Problems as they stand on the wire, their members beside the rest. For the description only. */
@Schema(name = "IdempotencyProblem", description = "What went wrong, after RFC 9457.")
record ProblemSchema(
        @Schema(description = "Names the kind of problem.", example = "urn:gatehouse:problem:lease-lost")
        String type,

        @Schema(description = "The kind in words.") String title,

        @Schema(description = "The status of the response.") int status,

        @Schema(description = "What is wrong this time, for a person to read.")
        String detail) {

    @Schema(name = "InFlight", description = "A problem of type urn:gatehouse:problem:idempotency-in-flight.")
    record InFlight(
            @Schema(example = "urn:gatehouse:problem:idempotency-in-flight")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "Since when.", format = "date-time")
            String claimedAt,

            @Schema(description = "The id of the claimant's request.")
            String claimedBy,

            @Schema(description = "From then on another may claim it.", format = "date-time")
            String leaseExpiresAt,

            @Schema(description = "Whether it was decided without Redis.", example = "false")
            boolean degraded) {}

    @Schema(name = "ClaimUnknown", description = "A problem of type urn:gatehouse:problem:store-unavailable.")
    record ClaimUnknown(
            @Schema(example = "urn:gatehouse:problem:store-unavailable")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "To ask again with.", example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
            String owner) {}
}
