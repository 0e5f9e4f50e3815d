// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import dev.gatehouse.state.StateKey;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of a state.
 *
 * @param id names the state within its group
 * @param group a name for states that are listed or saved together
 */
@JsonRecord
record StateKeyRequest(
        @Schema(example = "order-42") @Pattern(regexp = NAME, message = NAME_RULE)
        String id,

        @Schema(example = "orders") @Nullable @Pattern(regexp = NAME, message = NAME_RULE)
        String group) {

    static final String NAME = "^[!-~]{1,255}$";
    static final String NAME_RULE = "must be 1 to 255 visible ASCII characters";

    StateKey toKey() {
        return new StateKey(Optional.ofNullable(group), id);
    }

    /** Leaves out id and group. */
    @Override
    public String toString() {
        return "StateKeyRequest[…]";
    }
}
