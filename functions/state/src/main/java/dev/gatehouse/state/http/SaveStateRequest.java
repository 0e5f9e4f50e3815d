// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.state.StateWrite;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * A state to save.
 *
 * @param value up to 200 KiB; each member is returned as it was written
 */
@JsonRecord
record SaveStateRequest(
        @JsonUnwrapped StateKeyRequest key,

        @JsonUnwrapped WriteConditions conditions,

        @Schema(implementation = Object.class, ref = "#/components/schemas/StateObject")
        JsonValue value) {

    StateWrite toWrite() {
        return conditions.toWrite(key.toKey(), "value", value, false);
    }

    /** Leaves out name and value. */
    @Override
    public String toString() {
        return "SaveStateRequest[…]";
    }
}
