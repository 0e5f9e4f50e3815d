// SPDX-License-Identifier: Apache-2.0
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
 * @param blocked whether one has locked the subject out
 */
public record QuotaExceeded(
        List<String> violatedPolicies, @Nullable Duration retryAfter, boolean blocked) {

    private static final String TYPE = "https://iana.org/assignments/http-problem-types#quota-exceeded";

    /** Creates the problem of a denial without a lock-out. */
    public QuotaExceeded(List<String> violatedPolicies, @Nullable Duration retryAfter) {
        this(violatedPolicies, retryAfter, false);
    }

    /** Returns the problem of the limits that denied. */
    public static QuotaExceeded by(CheckedLimits limits) {
        return new QuotaExceeded(limits.exceededNames(), limits.retryAfter(), limits.blocked());
    }

    /** Returns the problem with the decision on all limits. */
    public Problem problem(List<LimitResponse> limits, boolean degraded) {
        return problem().with("allowed", false).with("degraded", degraded).with("limits", limits);
    }

    /** Returns the problem, to which callers add the decision. */
    public Problem problem() {
        var detail = "No room in: " + String.join(", ", violatedPolicies) + ".";
        var problem = Problem.ofType(TYPE, "Quota exceeded", 429, detail).with("violated-policies", violatedPolicies);
        if (blocked) {
            problem = problem.with("blocked", true);
        }
        return retryAfter == null ? problem : problem.withRetryAfter(retryAfter);
    }
}
