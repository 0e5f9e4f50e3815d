package dev.gatehouse.idempotency.http;

import io.swagger.v3.oas.annotations.media.Schema;

/** The problem of work that somebody else is at, as it stands on the wire. For the description only. */
@Schema(name = "InFlight", description = "A problem of type urn:gatehouse:problem:idempotency-in-flight.")
record InFlightSchema(
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
