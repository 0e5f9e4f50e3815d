package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.ViolationCollector;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The members that select a limit, inline or by the name of a policy, and its subject.
 *
 * @param policy the name of a stored policy; its use counts together with that of inline limits of the same name
 * @param name the name of an inline limit; uses of the same name and subject count together
 * @param subject the subject that the limit counts: a user id, an API key, an address; only its hash is stored
 * @param quota the quota of an inline limit
 */
@JsonRecord
record LimitSelector(
        @Nullable @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String policy,

        @Nullable @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String name,

        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject,

        @JsonUnwrapped Quota quota) {

    /** Adds the violations of the rules across these members. */
    void validate(ViolationCollector violations) {
        if (policy == null) {
            if (name == null) {
                violations.add("name", "is missing; give name, or policy");
            }
            toInlineLimit(violations);
            return;
        }
        quota.given().forEach((member, _) -> violations.add(member, "belongs to the policy; leave it out"));
        if (name != null) {
            violations.add("name", "must be left out where policy is given");
        }
    }

    /**
     * Returns the selected limit; null after adding a violation.
     */
    @Nullable
    Limit toLimit(PolicySnapshot policies, ViolationCollector violations) {
        if (policy == null) {
            return toInlineLimit(violations);
        }
        var limit = policies.limitFor(policy, subject);
        if (limit == null) {
            violations.add("policy", "is not a known policy");
        }
        return limit;
    }

    private @Nullable Limit toInlineLimit(ViolationCollector violations) {
        return quota.toLimit(name == null ? "unnamed" : name, null, false, null, violations);
    }
}
