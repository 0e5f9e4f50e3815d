// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.jobs.JobLease;
import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;
import java.util.List;

/** One lease, or several. A body with the member {@code jobs} is several. */
@Schema(oneOf = {LeaseBody.LeaseBatchRequest.class, LeaseBody.OneLeaseRequest.class})
sealed interface LeaseBody {

    /** Returns the leases; those of a batch are of different jobs. */
    List<JobLease> leases();

    QueueRequest queue();

    /**
     * Leases of jobs, each by itself.
     *
     * @param jobs different jobs
     */
    @JsonRecord
    @Schema(name = "LeaseBatchRequest")
    record LeaseBatchRequest(
            @JsonUnwrapped QueueRequest queue,
            @Size(min = 1, max = JobStore.MAX_BATCH) List<LeasedJob> jobs) implements LeaseBody, Validatable {

        @Override
        public void validate(ViolationCollector violations) {
            requireDifferent(jobs.stream().map(LeasedJob::id).toList(), violations);
        }

        @Override
        public List<JobLease> leases() {
            return jobs.stream().map(LeasedJob::toLease).toList();
        }

        /** Leaves out all texts of the caller. */
        @Override
        public String toString() {
            return "LeaseBatchRequest[…]";
        }
    }

    /** The lease of one job. */
    @JsonRecord
    @Schema(name = "OneLeaseRequest")
    record OneLeaseRequest(
            @JsonUnwrapped QueueRequest queue,
            @JsonUnwrapped LeasedJob job) implements LeaseBody {

        @Override
        public List<JobLease> leases() {
            return List.of(job.toLease());
        }

        /** Leaves out all texts of the caller. */
        @Override
        public String toString() {
            return "OneLeaseRequest[…]";
        }
    }

    /** Adds a violation if two of the jobs are one. */
    static void requireDifferent(List<String> ids, ViolationCollector violations) {
        if (ids.stream().distinct().count() < ids.size()) {
            violations.add("jobs", "must be different jobs");
        }
    }
}
