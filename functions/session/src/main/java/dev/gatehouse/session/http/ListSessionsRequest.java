// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.session.UserId;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;

/**
 * The user whose sessions to list.
 *
 * @param userId the user, as given at creation
 */
@JsonRecord
record ListSessionsRequest(
        @Schema(example = "user-42") @Size(min = 1, max = UserId.MAX_LENGTH)
        String userId) {

    /** Leaves out the user. */
    @Override
    public String toString() {
        return "ListSessionsRequest[…]";
    }
}
