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
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Dead jobs to list.
 *
 * @param limit the number of jobs in the response
 * @param before {@code next} of the previous page
 */
@JsonRecord
record ListDeadRequest(
        @JsonUnwrapped QueueRequest queue,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "100")
        @Min(1)
        @Max(JobPage.MAX_LIMIT)
        int limit,

        @Schema(example = "1700000000000000") @Nullable @Min(1) @Max(1L << 53)
        Long before) {

    OptionalLong position() {
        return before == null ? OptionalLong.empty() : OptionalLong.of(before);
    }

    /** Leaves out the queue. */
    @Override
    public String toString() {
        return "ListDeadRequest[…]";
    }
}
