// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;

/**
 * A queue.
 *
 * @param queue the name of the queue
 */
@JsonRecord
record QueueRequest(
        @Schema(example = "mails") @Pattern(regexp = NAME, message = NAME_RULE)
        String queue) {

    static final String NAME = "^[!-~]{1,128}$";
    static final String NAME_RULE = "must be 1 to 128 visible ASCII characters";

    QueueName toName() {
        return new QueueName(queue);
    }

    /** Leaves out the name. */
    @Override
    public String toString() {
        return "QueueRequest[…]";
    }
}
