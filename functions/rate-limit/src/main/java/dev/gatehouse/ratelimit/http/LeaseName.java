// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The members that name a lease: either name, or policy.
 *
 * @param name the limited resource; leases with the same name and subject count together
 * @param policy the name of a policy whose limit is the maximum of live leases, in place of name and limit. Its other members do
 *     not matter, except that an unlimited policy or one in shadow admits 100000. The leases count together with others of the
 *     same name
 */
@JsonRecord
record LeaseName(
        @Nullable @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String name,

        @Nullable @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String policy)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        if (policy != null && name != null) {
            violations.add("name", "must be left out where policy is given");
        }
        if (policy == null && name == null) {
            violations.add("name", "is missing; give name, or policy");
        }
    }

    /** Returns the name of the lease. */
    String text() {
        return policy == null ? Objects.requireNonNull(name) : policy;
    }

    /** Returns the named policy, if there is one. */
    List<String> policies() {
        return policy == null ? List.of() : List.of(policy);
    }

    /**
     * Returns the maximum of live leases by the policy, which must be given.
     *
     * @throws InvalidRequest if the policy is unknown, or its limit is out of the bounds of leases
     */
    long limit(String subject, PolicySnapshot policies) {
        var found = policies.limitFor(Objects.requireNonNull(policy), subject);
        if (found == null) {
            throw new InvalidRequest("policy", "is not a known policy");
        }
        if (!found.canDeny()) {
            return LeaseRequest.MAX_LIMIT;
        }
        if (found.limit() < 1 || found.limit() > LeaseRequest.MAX_LIMIT) {
            throw new InvalidRequest("policy", "must have a limit of 1 to " + LeaseRequest.MAX_LIMIT + " for leases");
        }
        return found.limit();
    }
}
