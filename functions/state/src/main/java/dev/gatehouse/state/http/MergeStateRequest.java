// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.state.StateWrite;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * Members of a state to change.
 *
 * @param members the members to set; null removes a member, others remain
 */
@JsonRecord
record MergeStateRequest(
        @JsonUnwrapped StateKeyRequest key,

        @JsonUnwrapped WriteConditions conditions,

        @Schema(implementation = Object.class, ref = "#/components/schemas/StateObject")
        JsonValue members) {

    StateWrite toWrite() {
        return conditions.toWrite(key.toKey(), "members", members, true);
    }

    /** Leaves out name and members. */
    @Override
    public String toString() {
        return "MergeStateRequest[…]";
    }
}
