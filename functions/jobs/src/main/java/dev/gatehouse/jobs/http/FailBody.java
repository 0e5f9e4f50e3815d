// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.jobs.JobFailure;
import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;
import java.util.List;

/** One failed job, or several. A body with the member {@code jobs} is several. */
@Schema(oneOf = {FailBody.FailBatchRequest.class, FailBody.FailJobRequest.class})
sealed interface FailBody {

    /** Returns the failures; those of a batch are of different jobs. */
    List<JobFailure> failures();

    QueueRequest queue();

    /**
     * Failed jobs, each by itself.
     *
     * @param jobs different jobs
     */
    @JsonRecord
    @Schema(name = "FailBatchRequest")
    record FailBatchRequest(
            @JsonUnwrapped QueueRequest queue,
            @Size(min = 1, max = JobStore.MAX_BATCH) List<FailedJob> jobs) implements FailBody, Validatable {

        @Override
        public void validate(ViolationCollector violations) {
            LeaseBody.requireDifferent(
                    jobs.stream().map(failed -> failed.job().id()).toList(), violations);
        }

        @Override
        public List<JobFailure> failures() {
            return jobs.stream().map(FailedJob::toFailure).toList();
        }

        /** Leaves out all texts of the caller. */
        @Override
        public String toString() {
            return "FailBatchRequest[…]";
        }
    }

    /** A failed job. */
    @JsonRecord
    @Schema(name = "FailJobRequest")
    record FailJobRequest(
            @JsonUnwrapped QueueRequest queue,
            @JsonUnwrapped FailedJob job) implements FailBody {

        @Override
        public List<JobFailure> failures() {
            return List.of(job.toFailure());
        }

        /** Leaves out all texts of the caller. */
        @Override
        public String toString() {
            return "FailJobRequest[…]";
        }
    }
}
