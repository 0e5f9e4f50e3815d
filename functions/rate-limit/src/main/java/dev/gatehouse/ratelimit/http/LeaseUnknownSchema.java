package dev.gatehouse.ratelimit.http;

import io.swagger.v3.oas.annotations.media.Schema;

/** The problem of a lease that may have been granted, as it stands on the wire. For the description only. */
@Schema(name = "LeaseUnknown", description = "A problem of type urn:gatehouse:problem:store-unavailable.")
record LeaseUnknownSchema(
        @Schema(example = "urn:gatehouse:problem:store-unavailable")
        String type,

        String title,
        int status,
        String detail,

        @Schema(description = "To ask again with.", example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        String leaseId) {}
