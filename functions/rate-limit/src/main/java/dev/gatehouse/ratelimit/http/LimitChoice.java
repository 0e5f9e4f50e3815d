// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.http.policy.Quota;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.ViolationCollector;
import jakarta.validation.constraints.Pattern;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members that select a limit, inline or by the name of a policy.
 *
 * @param policy the name of a stored policy; its use counts together with that of inline limits of the same name
 * @param name the name of an inline limit; uses of the same name and subject count together
 * @param quota the quota of an inline limit
 */
@JsonRecord
public record LimitChoice(
        @Nullable @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String policy,

        @Nullable @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String name,

        @JsonUnwrapped Quota quota) {

    /** Adds the violations of the rules across these members. */
    public void validate(ViolationCollector violations) {
        if (policy == null) {
            if (name == null) {
                violations.add("name", "is missing; give name, or policy");
            }
            toInlineLimit(violations);
            return;
        }
        quota.rejectGiven(violations);
        if (name != null) {
            violations.add("name", "must be left out where policy is given");
        }
    }

    /**
     * Returns the selected limit; null after adding a violation.
     *
     * @param policies returns the limit of a policy for the subject; null if there is no such policy
     */
    public @Nullable Limit toLimit(Function<String, @Nullable Limit> policies, ViolationCollector violations) {
        if (policy == null) {
            return toInlineLimit(violations);
        }
        var limit = policies.apply(policy);
        if (limit == null) {
            violations.add("policy", "is not a known policy");
        }
        return limit;
    }

    private @Nullable Limit toInlineLimit(ViolationCollector violations) {
        return quota.toLimit(name == null ? "unnamed" : name, null, false, null, violations);
    }
}
