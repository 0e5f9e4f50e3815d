package dev.gatehouse.idempotency.http;

import io.swagger.v3.oas.annotations.media.Schema;

/** The problem of work that may have been claimed, as it stands on the wire. For the description only. */
@Schema(name = "ClaimUnknown", description = "A problem of type urn:gatehouse:problem:store-unavailable.")
record ClaimUnknownSchema(
        @Schema(example = "urn:gatehouse:problem:store-unavailable")
        String type,

        String title,
        int status,
        String detail,

        @Schema(description = "To ask again with.", example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        String owner) {}
