// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * A job in the ledger.
 *
 * @param attempt the number of the present or next attempt; of the last one if the job is dead
 * @param crashes the number of leases that ended by themselves
 * @param dueAt the time before which the job does not run, or did not
 * @param leaseExpiresAt the end of the lease of an active job
 * @param death the death of a dead job
 * @param expiresAt the time at which the job expires if nothing happens to it. Its follower remains
 * @param followed whether another job with this id runs when this one is done
 */
public record JobDetails(
        String id,
        JobState state,
        JobPayload payload,
        Optional<String> group,
        int attempt,
        int maxAttempts,
        int crashes,
        Instant enqueuedAt,
        Instant dueAt,
        Optional<Instant> leaseExpiresAt,
        Optional<Death> death,
        Instant expiresAt,
        boolean followed) {

    /**
     * The death of a job.
     *
     * @param reason the reason of the last failure, or {@link JobStore#CRASHED}
     */
    public record Death(Instant diedAt, String reason) {}

    /** Leaves out all texts of the caller. */
    @Override
    public String toString() {
        return "JobDetails[" + state + "]";
    }
}
