// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.web.json.JsonRecord;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * A lease to release.
 *
 * @param subject the subject of the acquired lease
 * @param leaseId the id of the lease
 */
@JsonRecord
record ReleaseRequest(
        @JsonUnwrapped LeaseName name,

        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject,

        @Pattern(regexp = Lease.ID_PATTERN, message = Lease.ID_RULE)
        String leaseId) {

    Lease toLease() {
        return new Lease(name.text(), subject, leaseId);
    }
}
