package dev.gatehouse.ratelimit.http.policy;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.ViolationCollector;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The limit that replaces a policy for one subject. Members that are not given are copied from the policy as it is now.
 *
 * @param subject the subject that the override is for; only its hash is stored
 * @param quota the limit for this subject
 * @param shadow whether the limit never denies; by default as in the policy
 * @param unlimited whether everything is admitted; by default as in the policy, but false if any member of the quota is given
 * @param whenDown the fallback policy while Redis is down; by default as in the policy
 */
@JsonRecord
record OverrideRequest(
        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject,

        @JsonUnwrapped Quota quota,
        @Nullable Boolean shadow,
        @Nullable Boolean unlimited,

        @Nullable @Pattern(regexp = "^(local|open|closed)$", message = "must be one of: local, open, closed")
        String whenDown) {

    /**
     * Returns the override of {@code policy}.
     *
     * @throws InvalidRequest if the members do not go together with the policy's
     */
    Limit over(Limit policy) {
        var violations = new ViolationCollector();
        var limit = quota.toPolicy(
                policy.name(),
                policy,
                shadow == null ? policy.shadow() : shadow,
                unlimited == null ? policy.isUnlimited() && !quota.isGiven() : unlimited,
                whenDown == null ? policy.whenDown() : Quota.fallback(whenDown),
                violations);
        violations.throwIfAny();
        return Objects.requireNonNull(limit);
    }
}
