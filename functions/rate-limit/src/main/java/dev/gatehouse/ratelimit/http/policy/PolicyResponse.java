// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.policy.Policy;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Locale;

/**
 * A policy in force.
 *
 * @param name the policy's name
 * @param source stored, or declared by the settings of the function and not stored
 * @param limit the limit
 */
@Serdeable.Serializable
@Schema(requiredProperties = {"name", "source", "shadow", "unlimited", "whenDown"})
record PolicyResponse(
        String name,

        @Schema(
                type = "string",
                allowableValues = {"stored", "declared"})
        String source,

        @JsonUnwrapped LimitMembers limit) {

    /** @param whenDown the setting of the function, for limits without one */
    static PolicyResponse of(Policy policy, String whenDown) {
        return new PolicyResponse(
                policy.limit().name(),
                policy.source().name().toLowerCase(Locale.ROOT),
                LimitMembers.of(policy.limit(), whenDown));
    }
}
