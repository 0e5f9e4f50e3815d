package dev.gatehouse.ratelimit.http;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** The problem of a check that may not pass, as it stands on the wire. For the description only. */
@Schema(
        name = "QuotaExceeded",
        description = "A problem of type https://iana.org/assignments/http-problem-types#quota-exceeded, "
                + "and what was decided.")
record QuotaExceededSchema(
        @Schema(example = "https://iana.org/assignments/http-problem-types#quota-exceeded")
        String type,

        String title,
        int status,
        String detail,

        @Schema(name = "violated-policies", description = "The names of the limits that denied.", example = "[\"api\"]")
        List<String> violatedPolicies,

        @Schema(example = "false") boolean allowed,

        @Schema(description = "Whether it was decided without Redis.", example = "false")
        boolean degraded,

        @Schema(description = "One for each limit of the check, in its order.")
        List<LimitAnswer> limits) {}
