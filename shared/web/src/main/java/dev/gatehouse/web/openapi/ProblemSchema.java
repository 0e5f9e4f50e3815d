package dev.gatehouse.web.openapi;

import dev.gatehouse.web.Violation;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** The common members of a problem, for OpenAPI. */
@Schema(name = "Problem", description = "An error after RFC 9457.")
public record ProblemSchema(
        @Schema(description = "Identifies the type of the problem.", example = "urn:gatehouse:problem:unauthenticated")
        String type,

        @Schema(description = "The type in words.") String title,

        @Schema(description = "The status of the response.") int status,

        @Schema(description = "The details of this occurrence.")
        String detail) {

    /** The problem of an invalid request. */
    @Schema(name = "InvalidRequest", description = "A problem of type urn:gatehouse:problem:invalid-request.")
    public record InvalidRequest(
            @Schema(example = "urn:gatehouse:problem:invalid-request")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "The first 50 violations.")
            List<Violation> errors) {}

    /** The problem of a lease that is no longer held. */
    @Schema(name = "LeaseLost", description = "A problem of type urn:gatehouse:problem:lease-lost.")
    public record LeaseLost(
            @Schema(example = "urn:gatehouse:problem:lease-lost")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "Whether the decision was made without Redis.", example = "false")
            boolean degraded) {}
}
