// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A live lease.
 *
 * @param leaseId the id by which the holder extends and releases the lease, a secret
 * @param fence the fencing token: greater than that of every earlier lease for the name and subject
 * @param expiresAt the end of the lease
 * @param inUse live leases, this one included; only of an acquired lease
 * @param limit the maximum of live leases; only for an acquired lease
 * @param degraded whether the lease is stored without Redis, and so holds in one process only
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
record LeaseResponse(
        String leaseId,
        long fence,
        @Schema(format = "date-time") String expiresAt,
        @Nullable Long inUse,
        @Nullable Long limit,
        boolean degraded) {

    static LeaseResponse of(LeaseRequest request, Granted granted, boolean degraded) {
        return of(request.lease(), granted.fence(), granted.endsAt(), granted.inUse(), request.limit(), degraded);
    }

    static LeaseResponse of(Lease lease, Extended extended, boolean degraded) {
        return of(lease, extended.fence(), extended.endsAt(), null, null, degraded);
    }

    private static LeaseResponse of(
            Lease lease, long fence, Instant endsAt, @Nullable Long inUse, @Nullable Long limit, boolean degraded) {
        return new LeaseResponse(lease.id(), fence, new Timestamp(endsAt).toString(), inUse, limit, degraded);
    }
}
