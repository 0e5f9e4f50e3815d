// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.session.Grace;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * The token to replace.
 *
 * @param token the token, as returned by create, rotate or elevate
 * @param graceSeconds how long the old token stays valid; rotating it again meanwhile returns the same successor. With 0,
 *     a lost response loses the session
 */
@JsonRecord
record RotateSessionRequest(
        @Schema(example = TokenText.EXAMPLE) String token,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "10")
        @Min(0)
        @Max(Grace.MAX_SECONDS)
        long graceSeconds) {

    /** Leaves out the token. */
    @Override
    public String toString() {
        return "RotateSessionRequest[…]";
    }
}
