package dev.gatehouse.web.openapi;

import dev.gatehouse.web.Violation;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** A problem as it stands on the wire, its members beside the rest. */
@Schema(name = "Problem", description = "What went wrong, after RFC 9457.")
public record ProblemSchema(
        @Schema(description = "Names the kind of problem.", example = "urn:gatehouse:problem:unauthenticated")
        String type,

        @Schema(description = "The kind in words.") String title,

        @Schema(description = "The status of the response.") int status,

        @Schema(description = "What is wrong this time, for a person to read.")
        String detail) {

    /** What is wrong with a request that an operation cannot take. */
    @Schema(name = "InvalidRequest", description = "A problem of type urn:gatehouse:problem:invalid-request.")
    public record InvalidRequest(
            @Schema(example = "urn:gatehouse:problem:invalid-request")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "The first 50 faults found.")
            List<Violation> errors) {}

    /** What is told to who asks for something that it holds no longer. */
    @Schema(name = "LeaseLost", description = "A problem of type urn:gatehouse:problem:lease-lost.")
    public record LeaseLost(
            @Schema(example = "urn:gatehouse:problem:lease-lost")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "Whether it was decided without Redis.", example = "false")
            boolean degraded) {}
}
