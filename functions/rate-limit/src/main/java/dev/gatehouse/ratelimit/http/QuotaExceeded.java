package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.web.Problem;
import java.time.Duration;
import java.util.LinkedHashSet;
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

    /** Returns the problem of the limits that denied {@code check}. */
    public static QuotaExceeded by(Check check, CheckDecision decision) {
        var names = new LinkedHashSet<String>();
        for (int i = 0; i < check.limits().size(); i++) {
            if (decision.limits().get(i) instanceof Denied) {
                names.add(check.limits().get(i).limit().name());
            }
        }
        return new QuotaExceeded(List.copyOf(names), decision.retryAfter());
    }

    /** Returns the problem, to which callers add the decision. */
    public Problem problem() {
        var detail = "No room in: " + String.join(", ", violatedPolicies) + ".";
        var problem = Problem.ofType(TYPE, "Quota exceeded", 429, detail).with("violated-policies", violatedPolicies);
        return retryAfter == null ? problem : problem.withRetryAfter(retryAfter);
    }
}
