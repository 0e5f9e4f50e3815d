// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.util.OptionalLong;

/**
 * The failure of an attempt.
 *
 * @param retryInMillis the time until the next attempt, 0 to {@link DueTime#MAX_DELAY_MILLIS}; empty for the backoff, see
 *     {@link JobStore}
 * @param dead whether the job is dead whatever its number of attempts
 * @param reason a description for those who inspect the job; up to {@value #MAX_REASON} characters
 */
public record JobFailure(JobLease lease, OptionalLong retryInMillis, boolean dead, String reason) {

    public static final int MAX_REASON = 500;

    public JobFailure {
        retryInMillis.ifPresent(
                millis -> InvalidArgument.requireRange("retryInMillis", millis, 0, DueTime.MAX_DELAY_MILLIS));
        if (reason.length() > MAX_REASON || !HashTag.isWellFormed(reason)) {
            throw new InvalidArgument("reason", "must be at most " + MAX_REASON + " characters of well-formed Unicode");
        }
    }

    /** Returns a failure that is retried after the backoff. */
    public static JobFailure of(JobLease lease, String reason) {
        return new JobFailure(lease, OptionalLong.empty(), false, reason);
    }

    /** Leaves out id, lease and reason. */
    @Override
    public String toString() {
        return "JobFailure[…]";
    }
}
