// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;

/**
 * A drainer that takes no more.
 *
 * @param drainer the drainer of the last take
 */
@JsonRecord
record LeaveRequest(
        @JsonUnwrapped QueueRequest queue,

        @Schema(example = "drainer-1") @Pattern(regexp = QueueRequest.NAME, message = QueueRequest.NAME_RULE)
        String drainer) {

    /** Leaves out queue and drainer. */
    @Override
    public String toString() {
        return "LeaveRequest[…]";
    }
}
