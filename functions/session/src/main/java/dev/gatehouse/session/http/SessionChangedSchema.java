package dev.gatehouse.session.http;

import io.swagger.v3.oas.annotations.media.Schema;

/** The problem of a version that differs, its members beside the rest. For the description only. */
@Schema(name = "SessionChanged", description = "A problem of type urn:gatehouse:problem:session-changed.")
record SessionChangedSchema(
        @Schema(example = "urn:gatehouse:problem:session-changed")
        String type,

        String title,
        int status,
        String detail,

        @Schema(description = "The version that the session is at.", example = "2")
        long version,

        @Schema(description = "Whether it was decided without Redis.", example = "false")
        boolean degraded) {}
