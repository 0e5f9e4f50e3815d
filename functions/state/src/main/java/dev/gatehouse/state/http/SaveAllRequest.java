// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.state.StateKey;
import dev.gatehouse.state.StateStore;
import dev.gatehouse.state.StateWrite;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * States of one group to save, all or none.
 *
 * @param group the group of the states
 * @param saves the states, each once
 */
@JsonRecord
record SaveAllRequest(
        @Schema(example = "orders") @Pattern(regexp = StateKeyRequest.NAME, message = StateKeyRequest.NAME_RULE)
        String group,

        @Size(min = 1, max = StateStore.MAX_BATCH) List<StateSave> saves) {

    /**
     * A state to save.
     *
     * @param id names the state within the group
     * @param value up to 200 KiB; each member is returned as it was written
     */
    @JsonRecord
    @Schema(name = "StateSave")
    record StateSave(
            @Schema(example = "order-42") @Pattern(regexp = StateKeyRequest.NAME, message = StateKeyRequest.NAME_RULE)
            String id,

            @JsonUnwrapped WriteConditions conditions,

            @Schema(implementation = Object.class, ref = "#/components/schemas/StateObject")
            JsonValue value) {

        /** Leaves out id and value. */
        @Override
        public String toString() {
            return "StateSave[…]";
        }
    }

    List<StateWrite> toWrites() {
        return saves.stream()
                .map(save -> save.conditions().toWrite(StateKey.of(group, save.id()), "value", save.value(), false))
                .toList();
    }

    /** Leaves out the group. */
    @Override
    public String toString() {
        return "SaveAllRequest[…]";
    }
}
