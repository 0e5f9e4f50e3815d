package dev.gatehouse.session.http;

import io.swagger.v3.oas.annotations.media.Schema;

/** The members of problem session-changed, for the OpenAPI document. */
@Schema(name = "SessionChanged", description = "A problem of type urn:gatehouse:problem:session-changed.")
record SessionChangedProblem(
        @Schema(example = "urn:gatehouse:problem:session-changed")
        String type,

        String title,
        int status,
        String detail,

        @Schema(description = "The version of the session.", example = "2")
        long version,

        @Schema(description = "Whether it was decided without Redis.", example = "false")
        boolean degraded) {}
