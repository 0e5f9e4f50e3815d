package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.web.Problem;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The problem of a request that is denied by a limit: 429.
 *
 * @param violatedPolicies the names of the limits that denied
 * @param retryAfter time until none denies; null if one always does
 */
public record QuotaExceeded(
        List<String> violatedPolicies, @Nullable Duration retryAfter) {

    private static final String TYPE = "https://iana.org/assignments/http-problem-types#quota-exceeded";

    /** Returns the problem of the limits that denied. */
    public static QuotaExceeded by(CheckedLimits limits) {
        return new QuotaExceeded(limits.exceededNames(), limits.retryAfter());
    }

    /** Returns the problem with the decision on all limits. */
    public Problem problem(List<LimitResponse> limits, boolean degraded) {
        return problem().with("allowed", false).with("degraded", degraded).with("limits", limits);
    }

    /** Returns the problem, to which callers add the decision. */
    public Problem problem() {
        var detail = "No room in: " + String.join(", ", violatedPolicies) + ".";
        var problem = Problem.ofType(TYPE, "Quota exceeded", 429, detail).with("violated-policies", violatedPolicies);
        return retryAfter == null ? problem : problem.withRetryAfter(retryAfter);
    }
}
