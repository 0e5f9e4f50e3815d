// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * A job that is leased to its taker.
 *
 * @param attempt 1 for the first attempt. A lease that ended by itself or was given back does not count
 * @param lease proves that the taker has the job; a secret
 * @param leaseExpiresAt the end of the lease, by the clock of Redis
 */
public record TakenJob(
        String id,
        JobPayload payload,
        Optional<String> group,
        int attempt,
        String lease,
        Instant leaseExpiresAt,
        Instant enqueuedAt) {

    public JobLease jobLease() {
        return new JobLease(id, lease);
    }

    /** Leaves out all texts of the caller, and the lease. */
    @Override
    public String toString() {
        return "TakenJob[attempt " + attempt + "]";
    }
}
