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
import org.jspecify.annotations.Nullable;

/**
 * A lease to acquire.
 *
 * @param name the limited resource; leases with the same name and subject count together
 * @param subject the subject: a user id, an account, a document to lock; only its hash is stored
 * @param limit the maximum of live leases; 1 makes it a lock. A new limit takes effect at once and revokes no lease
 * @param leaseMillis how long the lease lasts unless it is extended or released, also if its holder crashes
 * @param leaseId the id of the lease: 128 random bits, a secret of its holder, made by the server if absent. A request with
 *     the id of a live lease gets the same grant again
 */
@JsonRecord
record AcquireRequest(
        @Pattern(regexp = Limit.NAME_PATTERN, message = Limit.NAME_RULE)
        String name,

        @Size(min = 1, max = LimitedSubject.MAX_SUBJECT_LENGTH)
        String subject,

        @Min(1) @Max(LeaseRequest.MAX_LIMIT) long limit,
        @Min(1) @Max(LeaseRequest.MAX_MILLIS) long leaseMillis,

        @Nullable @Pattern(regexp = Lease.ID_PATTERN, message = Lease.ID_RULE)
        String leaseId) {

    LeaseRequest toLeaseRequest() {
        var lease = new Lease(name, subject, leaseId == null ? Lease.newId() : leaseId);
        return new LeaseRequest(lease, limit, leaseMillis);
    }
}
