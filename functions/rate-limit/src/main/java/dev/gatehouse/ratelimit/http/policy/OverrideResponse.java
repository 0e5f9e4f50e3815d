// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.policy.PolicyOverride;
import dev.gatehouse.ratelimit.policy.PolicyOverride.Replacement.OtherPolicy;
import dev.gatehouse.ratelimit.policy.PolicyOverride.Replacement.OwnLimit;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An override as it is stored: with the name of another policy, or with a limit.
 *
 * @param name the name of the overridden policy
 * @param subject the subject, only in the response to its request, because it is not stored
 * @param subjectTag the hash tag of the subject, as in logs
 * @param policy the policy whose limit applies to the subject
 * @param label the note for operators
 * @param expiresAt the end of the override; absent if it has none
 * @param limit the limit, unless it is that of another policy
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
record OverrideResponse(
        String name,
        @Nullable String subject,
        String subjectTag,
        @Nullable String policy,
        @Nullable String label,
        @Nullable @Schema(format = "date-time") String expiresAt,
        @Nullable @JsonUnwrapped LimitMembers limit) {

    /** @param whenDown the setting of the function, for limits without one */
    static OverrideResponse of(PolicyOverride override, @Nullable String subject, String tag, String whenDown) {
        var expiresAt = override.expiresAt();
        return new OverrideResponse(
                override.policy(),
                subject,
                tag,
                override.replacement() instanceof OtherPolicy(var other) ? other : null,
                override.label(),
                expiresAt == null ? null : new Timestamp(expiresAt).toString(),
                override.replacement() instanceof OwnLimit(var limit) ? LimitMembers.of(limit, whenDown) : null);
    }
}
