package dev.gatehouse.idempotency.http;

import io.swagger.v3.oas.annotations.media.Schema;

/** The problems of a claim that have members of their own, for the OpenAPI document. */
final class ClaimProblem {

    private ClaimProblem() {}

    @Schema(name = "InFlight", description = "A problem of type urn:gatehouse:problem:idempotency-in-flight.")
    record InFlight(
            @Schema(example = "urn:gatehouse:problem:idempotency-in-flight")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "When it was claimed.", format = "date-time")
            String claimedAt,

            @Schema(description = "The request id of the claimant.")
            String claimedBy,

            @Schema(description = "When others can claim it.", format = "date-time")
            String leaseExpiresAt,

            @Schema(description = "Whether it was decided without Redis.", example = "false")
            boolean degraded) {}

    @Schema(name = "ClaimUnknown", description = "A problem of type urn:gatehouse:problem:store-unavailable.")
    record Undecided(
            @Schema(example = "urn:gatehouse:problem:store-unavailable")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "To repeat the claim with.", example = KeySource.OWNER_EXAMPLE)
            String owner) {}
}
