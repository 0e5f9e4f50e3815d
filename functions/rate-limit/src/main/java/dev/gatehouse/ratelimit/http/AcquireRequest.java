// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lease to acquire: either policy, or name with limit.
 *
 * @param subject the subject: a user id, an account, a document to lock; only its hash is stored
 * @param limit the maximum of live leases; 1 makes it a lock. A new limit takes effect at once and revokes no lease
 * @param leaseMillis how long the lease lasts unless it is extended or released, also if its holder crashes
 * @param leaseId the id of the lease: 128 random bits, a secret of its holder, made by the server if absent. A request with
 *     the id of a live lease gets the same grant again
 */
@JsonRecord
record AcquireRequest(
        @JsonUnwrapped LeaseName name,

        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject,

        @Nullable @Min(1) @Max(LeaseRequest.MAX_LIMIT) Long limit,
        @Min(1) @Max(LeaseRequest.MAX_MILLIS) long leaseMillis,

        @Nullable @Pattern(regexp = Lease.ID_PATTERN, message = Lease.ID_RULE)
        String leaseId)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        if (name.policy() == null && limit == null) {
            violations.add("limit", "is missing");
        }
        if (name.policy() != null && limit != null) {
            violations.add("limit", "belongs to the policy; leave it out");
        }
    }

    /** Returns the named policy, if there is one. */
    List<String> policies() {
        return name.policies();
    }

    /**
     * Returns the request of the domain.
     *
     * @throws dev.gatehouse.web.json.InvalidRequest if the policy is unknown, or its limit is out of the bounds of leases
     */
    LeaseRequest toLeaseRequest(PolicySnapshot policies) {
        var lease = new Lease(name.text(), subject, leaseId == null ? Lease.newId() : leaseId);
        return new LeaseRequest(lease, limit == null ? name.limit(subject, policies) : limit, leaseMillis);
    }
}
