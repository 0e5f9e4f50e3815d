package dev.gatehouse.functions.ratelimit;

import dev.gatehouse.http.Violation;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** A problem as it stands on the wire, its members beside the rest. For the description only. */
@Schema(name = "Problem", description = "What went wrong, after RFC 9457.")
record ProblemSchema(
        @Schema(description = "Names the kind of problem.", example = "urn:gatehouse:problem:unauthenticated")
        String type,

        @Schema(description = "The kind in words.") String title,

        @Schema(description = "The status of the response.") int status,

        @Schema(description = "What is wrong this time, for a person to read.")
        String detail) {

    @Schema(name = "InvalidRequest", description = "A problem of type urn:gatehouse:problem:invalid-request.")
    record InvalidRequest(
            @Schema(example = "urn:gatehouse:problem:invalid-request")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "The first 50 faults found.")
            List<Violation> errors) {}

    @Schema(
            name = "QuotaExceeded",
            description = "A problem of type https://iana.org/assignments/http-problem-types#quota-exceeded, "
                    + "and what was decided.")
    record QuotaExceeded(
            @Schema(example = "https://iana.org/assignments/http-problem-types#quota-exceeded")
            String type,

            String title,
            int status,
            String detail,

            @Schema(
                    name = "violated-policies",
                    description = "The names of the limits that denied.",
                    example = "[\"api\"]")
            List<String> violatedPolicies,

            @Schema(example = "false") boolean allowed,

            @Schema(description = "Whether it was decided without Redis.", example = "false")
            boolean degraded,

            @Schema(description = "One for each limit of the check, in its order.")
            List<LimitAnswer> limits) {}

    @Schema(
            name = "LeasesExhausted",
            description = "A problem of type https://iana.org/assignments/http-problem-types#quota-exceeded.")
    record LeasesExhausted(
            @Schema(example = "https://iana.org/assignments/http-problem-types#quota-exceeded")
            String type,

            String title,
            int status,
            String detail,

            @Schema(name = "violated-policies", description = "The name that was asked for.", example = "[\"exports\"]")
            List<String> violatedPolicies,

            @Schema(description = "Whether it was decided without Redis.", example = "false")
            boolean degraded,

            @Schema(description = "How many may be live at once.", example = "5")
            long limit,

            @Schema(description = "Leases that are live now; more than the limit if that was lowered.", example = "5")
            long inUse,

            @Schema(
                    description = "When one would be granted, if none is extended or released before.",
                    example = "29500")
            long retryAfterMillis) {}

    @Schema(name = "LeaseLost", description = "A problem of type urn:gatehouse:problem:lease-lost.")
    record LeaseLost(
            @Schema(example = "urn:gatehouse:problem:lease-lost")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "Whether it was decided without Redis.", example = "false")
            boolean degraded) {}

    @Schema(name = "LeaseUnknown", description = "A problem of type urn:gatehouse:problem:store-unavailable.")
    record LeaseUnknown(
            @Schema(example = "urn:gatehouse:problem:store-unavailable")
            String type,

            String title,
            int status,
            String detail,

            @Schema(description = "To ask again with.", example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
            String leaseId) {}
}
