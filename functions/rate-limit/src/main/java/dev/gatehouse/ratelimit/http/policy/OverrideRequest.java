// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.PolicyOverride;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The limit that replaces a policy for one subject: that of another policy, or one of its own. Members of the latter that are not
 * given are copied from the policy as it is now.
 *
 * @param subject the subject that the override is for; only its hash is stored
 * @param quota the limit for this subject
 * @param shadow whether the limit never denies; by default as in the policy
 * @param unlimited whether everything is admitted; by default as in the policy, but false if any member of the quota is given
 * @param whenDown the fallback policy while Redis is down; by default as in the policy
 * @param policy the name of the policy whose limit applies to the subject, in place of the members above. Its own overrides do not.
 *     The override has no effect while there is no such policy
 * @param expiresInSeconds the time until the override ends by itself; without it, it stays until it is removed
 * @param label a note for operators, stored as it is: no secret, and nothing personal
 */
@JsonRecord
record OverrideRequest(
        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject,

        @JsonUnwrapped Quota quota,
        @Nullable Boolean shadow,
        @Nullable Boolean unlimited,

        @Nullable
        @Schema(
                type = "string",
                allowableValues = {"local", "open", "closed"})
        @Pattern(regexp = "^(local|open|closed)$", message = "must be one of: local, open, closed")
        String whenDown,

        @Nullable @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String policy,

        @Nullable @Min(1) @Max(PolicyOverride.MAX_SECONDS) Long expiresInSeconds,

        @Nullable @Size(min = 1, max = PolicyOverride.MAX_LABEL_LENGTH)
        String label)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        if (policy != null) {
            if (!Policies.isName(policy)) {
                violations.add("policy", Policies.NAME_RULE);
            }
            quota.rejectGiven(violations);
            reject("shadow", shadow, violations);
            reject("unlimited", unlimited, violations);
            reject("whenDown", whenDown, violations);
        }
    }

    private static void reject(String member, @Nullable Object value, ViolationCollector violations) {
        if (value != null) {
            violations.add(member, Quota.OF_POLICY);
        }
    }

    /**
     * Returns the override of {@code overridden}.
     *
     * @throws InvalidRequest if the members do not go together with the policy's
     */
    PolicyOverride over(Limit overridden, Instant now) {
        var override = policy == null
                ? PolicyOverride.of(toLimit(overridden))
                : PolicyOverride.ofPolicy(overridden.name(), policy);
        return override.until(expiresInSeconds == null ? null : now.plusSeconds(expiresInSeconds))
                .labelled(label);
    }

    private Limit toLimit(Limit overridden) {
        var violations = new ViolationCollector();
        var limit = quota.toPolicy(
                overridden.name(),
                overridden,
                shadow == null ? overridden.shadow() : shadow,
                unlimited == null ? overridden.isUnlimited() && !quota.isGiven() : unlimited,
                whenDown == null ? overridden.whenDown() : Quota.fallback(whenDown),
                violations);
        violations.throwIfAny();
        return Objects.requireNonNull(limit);
    }
}
