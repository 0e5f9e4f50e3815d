// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;

/**
 * A job in its queue.
 *
 * @param id the id of the job
 */
@JsonRecord
record JobRequest(
        @JsonUnwrapped QueueRequest queue,

        @Schema(example = "mail-42") @Pattern(regexp = QueueRequest.NAME, message = QueueRequest.NAME_RULE)
        String id) {

    /** Leaves out queue and id. */
    @Override
    public String toString() {
        return "JobRequest[…]";
    }
}
