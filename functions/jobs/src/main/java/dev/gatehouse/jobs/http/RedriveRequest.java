// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * Dead jobs to run again.
 *
 * @param ids the ids of different jobs
 */
@JsonRecord
record RedriveRequest(
        @JsonUnwrapped QueueRequest queue,

        @Schema(example = "[\"mail-42\"]") @Size(min = 1, max = JobStore.MAX_BATCH)
        List<String> ids)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        for (int i = 0; i < ids.size(); i++) {
            if (!ids.get(i).matches(QueueRequest.NAME)) {
                violations.add("ids[" + i + "]", QueueRequest.NAME_RULE);
            }
        }
        if (ids.stream().distinct().count() < ids.size()) {
            violations.add("ids", "must be different jobs");
        }
    }

    /** Leaves out queue and ids. */
    @Override
    public String toString() {
        return "RedriveRequest[…]";
    }
}
