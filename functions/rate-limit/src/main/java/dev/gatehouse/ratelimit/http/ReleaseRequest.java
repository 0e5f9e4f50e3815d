package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.web.json.JsonRecord;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * A lease to release.
 *
 * @param name the name of the acquired lease
 * @param subject the subject of the acquired lease
 * @param leaseId the id of the lease
 */
@JsonRecord
record ReleaseRequest(
        @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String name,

        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject,

        @Pattern(regexp = Lease.ID_PATTERN, message = Lease.ID_RULE)
        String leaseId) {

    Lease toLease() {
        return new Lease(name, subject, leaseId);
    }
}
