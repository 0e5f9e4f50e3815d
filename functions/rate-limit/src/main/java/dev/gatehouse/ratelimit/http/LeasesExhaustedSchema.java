package dev.gatehouse.ratelimit.http;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** The problem of a lease that there is no room for, as it stands on the wire. For the description only. */
@Schema(
        name = "LeasesExhausted",
        description = "A problem of type https://iana.org/assignments/http-problem-types#quota-exceeded.")
record LeasesExhaustedSchema(
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

        @Schema(description = "When one would be granted, if none is extended or released before.", example = "29500")
        long retryAfterMillis) {}
