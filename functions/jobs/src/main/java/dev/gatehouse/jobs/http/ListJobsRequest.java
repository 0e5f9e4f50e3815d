// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.jobs.JobPage;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.Locale;

/**
 * Jobs to list.
 *
 * @param state the jobs, as {@code counts} counts them: due, delayed, blocked or active
 * @param limit the number of jobs in the response
 * @param offset {@code next} of the previous page
 */
@JsonRecord
record ListJobsRequest(
        @JsonUnwrapped QueueRequest queue,

        @Schema(
                type = "string",
                allowableValues = {"due", "delayed", "blocked", "active"},
                example = "due")
        @Pattern(regexp = "^(due|delayed|blocked|active)$", message = "must be one of: active, blocked, delayed, due")
        String state,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "100")
        @Min(1)
        @Max(JobPage.MAX_LIMIT)
        int limit,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "0")
        @Min(0)
        @Max(JobPage.MAX_OFFSET)
        int offset) {

    JobPage.Kind kind() {
        return JobPage.Kind.valueOf(state.toUpperCase(Locale.ROOT));
    }

    /** Leaves out the queue. */
    @Override
    public String toString() {
        return "ListJobsRequest[…]";
    }
}
