// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import dev.gatehouse.jobs.JobLease;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;

/**
 * A job that the caller has taken.
 *
 * @param id the id of the job
 * @param lease the lease of the job, from the response to its taker
 */
@JsonRecord
record LeasedJob(
        @Schema(example = "mail-42") @Pattern(regexp = QueueRequest.NAME, message = QueueRequest.NAME_RULE)
        String id,

        @Schema(example = "mQ8Yd1vXy0S3o7Z9aBcDeF.1")
        @Pattern(regexp = QueueRequest.NAME, message = QueueRequest.NAME_RULE)
        String lease) {

    JobLease toLease() {
        return new JobLease(id, lease);
    }

    /** Leaves out id and lease. */
    @Override
    public String toString() {
        return "LeasedJob[…]";
    }
}
