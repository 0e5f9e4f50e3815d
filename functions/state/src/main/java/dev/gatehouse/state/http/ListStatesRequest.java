// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.state.StatePage;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A group to list.
 *
 * @param group the group of the states
 * @param limit the number of states in the response
 * @param before {@code next} of the previous page
 */
@JsonRecord
record ListStatesRequest(
        @Schema(example = "orders") @Pattern(regexp = StateKeyRequest.NAME, message = StateKeyRequest.NAME_RULE)
        String group,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "100")
        @Min(1)
        @Max(StatePage.MAX_LIMIT)
        int limit,

        @Schema(example = "1700000000000000.order-42") @Nullable
        String before) {

    Optional<StatePage.Cursor> cursor() {
        return Optional.ofNullable(before).map(StatePage.Cursor::parse);
    }

    /** Leaves out the group. */
    @Override
    public String toString() {
        return "ListStatesRequest[…]";
    }
}
