package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.web.json.JsonRecord;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * A lease to extend.
 *
 * @param name as given when the lease was acquired
 * @param subject as given when the lease was acquired
 * @param leaseId the id of the lease
 * @param leaseMillis how long the lease is to last from now; it is never shortened
 */
@JsonRecord
record ExtendRequest(
        @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String name,

        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject,

        @Pattern(regexp = Lease.ID_PATTERN, message = Lease.ID_RULE)
        String leaseId,

        @Min(1) @Max(LeaseRequest.MAX_MILLIS) long leaseMillis) {

    Lease toLease() {
        return new Lease(name, subject, leaseId);
    }
}
