package dev.gatehouse.functions.ratelimit;

import dev.gatehouse.http.Problem;
import java.util.List;

/**
 * 429: what was asked for is more than there is room for.
 *
 * @param violatedPolicies the names of the limits that denied
 */
record QuotaExceeded(List<String> violatedPolicies) {

    private static final String TYPE = "https://iana.org/assignments/http-problem-types#quota-exceeded";

    Problem problem() {
        return Problem.ofType(
                        TYPE,
                        "Request cannot be satisfied as assigned quota has been exceeded",
                        429,
                        "No room in: " + String.join(", ", violatedPolicies) + ".")
                .with("violated-policies", violatedPolicies);
    }
}
