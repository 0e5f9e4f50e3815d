// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.jobs.JobLease;
import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.List;

/** One lease to extend, or several. A body with the member {@code jobs} is several. */
@Schema(oneOf = {ExtendBody.ExtendBatchRequest.class, ExtendBody.ExtendJobRequest.class})
sealed interface ExtendBody {

    /** Returns the leases; those of a batch are of different jobs. */
    List<JobLease> leases();

    QueueRequest queue();

    long leaseMillis();

    /**
     * Leases to extend, each by itself.
     *
     * @param leaseMillis the time that the leases last from now at least
     * @param jobs different jobs
     */
    @JsonRecord
    @Schema(name = "ExtendBatchRequest")
    record ExtendBatchRequest(
            @JsonUnwrapped QueueRequest queue,

            @Schema(requiredMode = NOT_REQUIRED, nullable = true)
            @Bindable(defaultValue = "30000")
            @Min(1)
            @Max(TakeOptions.MAX_LEASE_MILLIS)
            long leaseMillis,

            @Size(min = 1, max = JobStore.MAX_BATCH) List<LeasedJob> jobs)
            implements ExtendBody, Validatable {

        @Override
        public void validate(ViolationCollector violations) {
            LeaseBody.requireDifferent(jobs.stream().map(LeasedJob::id).toList(), violations);
        }

        @Override
        public List<JobLease> leases() {
            return jobs.stream().map(LeasedJob::toLease).toList();
        }

        /** Leaves out all texts of the caller. */
        @Override
        public String toString() {
            return "ExtendBatchRequest[…]";
        }
    }

    /**
     * A lease to extend.
     *
     * @param leaseMillis the time that the lease lasts from now at least
     */
    @JsonRecord
    @Schema(name = "ExtendJobRequest")
    record ExtendJobRequest(
            @JsonUnwrapped QueueRequest queue,

            @JsonUnwrapped LeasedJob job,

            @Schema(requiredMode = NOT_REQUIRED, nullable = true)
            @Bindable(defaultValue = "30000")
            @Min(1)
            @Max(TakeOptions.MAX_LEASE_MILLIS)
            long leaseMillis)
            implements ExtendBody {

        @Override
        public List<JobLease> leases() {
            return List.of(job.toLease());
        }

        /** Leaves out all texts of the caller. */
        @Override
        public String toString() {
            return "ExtendJobRequest[…]";
        }
    }
}
