// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import java.util.Objects;

/**
 * The limit and the subject whose use is to be forgotten. The name of an inline limit is enough; its quota may be given
 * and does not matter.
 */
@JsonRecord
record ResetRequest(@JsonUnwrapped LimitSelector selector) implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        boolean onlyNamed = selector.policy() == null
                && selector.name() != null
                && !selector.quota().isGiven();
        if (selector.policy() == null
                && selector.name() == null
                && !selector.quota().isGiven()) {
            violations.add("name", "is missing; give name, or policy");
        } else if (!onlyNamed) {
            selector.validate(violations);
        }
    }

    /**
     * Returns the name of the limit.
     *
     * @throws InvalidRequest if the policy is unknown
     */
    String limitName(PolicySnapshot policies) {
        var policy = selector.policy();
        if (policy == null) {
            return Objects.requireNonNull(selector.name());
        }
        if (policies.limitFor(policy, selector.subject()) == null) {
            throw new InvalidRequest("policy", "is not a known policy");
        }
        return policy;
    }
}
