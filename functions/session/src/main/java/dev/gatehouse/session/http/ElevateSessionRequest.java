// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.session.Grace;
import dev.gatehouse.session.Rotation;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

/**
 * The token to replace by one with a level of certainty.
 *
 * @param token the token, as returned by create, rotate or elevate
 * @param level the name of the level
 * @param seconds the duration of the level, which ends with the session at the latest
 * @param graceSeconds how long the old token stays valid, without the level; elevating it again to the same level meanwhile
 *     returns the same successor. With 0, a lost response loses the session
 */
@JsonRecord
record ElevateSessionRequest(
        @Schema(example = TokenText.EXAMPLE) String token,

        @Schema(example = "strong")
        @Pattern(regexp = Rotation.Grant.LEVEL, message = "must be 1 to 32 characters of A-Z a-z 0-9 . _ -")
        String level,

        @Schema(example = "300") @Min(1) @Max(Rotation.Grant.MAX_SECONDS)
        long seconds,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "10")
        @Min(0)
        @Max(Grace.MAX_SECONDS)
        long graceSeconds) {

    Rotation.Grant grant() {
        return new Rotation.Grant(level, seconds);
    }

    /** Leaves out the token. */
    @Override
    public String toString() {
        return "ElevateSessionRequest[…]";
    }
}
