// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import dev.gatehouse.jobs.DueTime;
import dev.gatehouse.jobs.JobFailure;
import dev.gatehouse.jobs.JobLease;
import java.util.OptionalLong;

/** The result of the work on a job. */
public sealed interface JobResult {

    /** The job is done. */
    JobResult DONE = new Done();

    /** The job is done. */
    record Done() implements JobResult {}

    /**
     * The attempt failed.
     *
     * @param retryInMillis the time until the next attempt, 0 to {@link DueTime#MAX_DELAY_MILLIS}; empty for the backoff
     * @param dead whether the job is dead, whatever its number of attempts
     * @param reason a description for those who inspect the job, up to {@value JobFailure#MAX_REASON} characters
     */
    record Failed(OptionalLong retryInMillis, boolean dead, String reason) implements JobResult {

        public Failed {
            var _ = failure(new JobLease("id", "lease"), retryInMillis, dead, reason); // Checks the bounds.
        }

        JobFailure failure(JobLease lease) {
            return failure(lease, retryInMillis, dead, reason);
        }

        private static JobFailure failure(JobLease lease, OptionalLong retryInMillis, boolean dead, String reason) {
            return new JobFailure(lease, retryInMillis, dead, reason);
        }
    }

    /** Returns a failure that is retried after the backoff. */
    static JobResult retry(String reason) {
        return new Failed(OptionalLong.empty(), false, reason);
    }

    /** Returns a failure that is retried after a pause. */
    static JobResult retryIn(long millis, String reason) {
        return new Failed(OptionalLong.of(millis), false, reason);
    }

    /** Returns a failure after which the job is dead. */
    static JobResult dead(String reason) {
        return new Failed(OptionalLong.empty(), true, reason);
    }
}
