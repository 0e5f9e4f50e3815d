// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.lease.LeasedResource;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.JsonRecord;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The name and subject of leases.
 *
 * @param subject the subject of the leases
 */
@JsonRecord
record LeasedResourceRequest(
        @JsonUnwrapped LeaseName name,

        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject) {

    LeasedResource toResource() {
        return new LeasedResource(name.text(), subject);
    }

    /**
     * Returns the maximum of live leases; null if no policy is named.
     *
     * @throws dev.gatehouse.web.json.InvalidRequest if the policy is unknown, or its limit is out of the bounds of leases
     */
    @Nullable
    Long limit(PolicySnapshot policies) {
        return name.policy() == null ? null : name.limit(subject, policies);
    }
}
