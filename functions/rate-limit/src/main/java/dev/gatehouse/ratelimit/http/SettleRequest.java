// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The units that were reserved, or held, and those that were needed.
 *
 * @param reserved units that a check charged, unless they are held
 * @param holdId in place of reserved: the id of the hold
 * @param actual units that were needed
 */
@JsonRecord
record SettleRequest(
        @JsonUnwrapped LimitSelector selector,
        @Nullable @Min(0) @Max(Limit.MAX_UNITS) Long reserved,

        @Nullable @Pattern(regexp = CheckRequest.HOLD_ID_PATTERN, message = CheckRequest.HOLD_ID_RULE)
        String holdId,

        @Min(0) @Max(Limit.MAX_UNITS) long actual)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        selector.validate(violations);
        if (reserved == null && holdId == null && !violations.has("holdId")) {
            violations.add("reserved", "is missing; give reserved, or holdId");
        } else if (reserved != null && holdId != null) {
            violations.add("holdId", "must be left out where reserved is given");
        }
    }

    /**
     * Returns the limit.
     *
     * @throws InvalidRequest if the policy is unknown
     */
    Limit toLimit(PolicySnapshot policies) {
        var violations = new ViolationCollector();
        var limit = selector.toLimit(policies, violations);
        violations.throwIfAny();
        return Objects.requireNonNull(limit);
    }
}
