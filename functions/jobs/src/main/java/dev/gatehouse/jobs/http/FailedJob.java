// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.jobs.DueTime;
import dev.gatehouse.jobs.JobFailure;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A job whose attempt has failed.
 *
 * @param retryInMillis the time until the next attempt; by default the backoff
 * @param dead whether the job is dead whatever its number of attempts
 * @param reason a description for those who inspect the job
 */
@JsonRecord
record FailedJob(
        @JsonUnwrapped LeasedJob job,

        @Schema(example = "60000") @Nullable @Min(0) @Max(DueTime.MAX_DELAY_MILLIS)
        Long retryInMillis,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "false")
        boolean dead,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true, example = "the address bounces")
        @Bindable(defaultValue = "")
        @Size(min = 0, max = JobFailure.MAX_REASON)
        String reason) {

    /** @throws dev.gatehouse.validation.InvalidArgument if the reason is too long in UTF-16 */
    JobFailure toFailure() {
        return new JobFailure(
                job.toLease(),
                retryInMillis == null ? OptionalLong.empty() : OptionalLong.of(retryInMillis),
                dead,
                reason);
    }

    /** Leaves out all texts of the caller. */
    @Override
    public String toString() {
        return "FailedJob[…]";
    }
}
