// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * The session to look up.
 *
 * @param token the token, as returned by create, rotate or elevate
 * @param touch whether the lookup counts as use of the session; use is written once a minute
 */
@JsonRecord
record LookupSessionRequest(
        @Schema(example = TokenText.EXAMPLE) String token,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "true")
        boolean touch) {

    /** Leaves out the token. */
    @Override
    public String toString() {
        return "LookupSessionRequest[…]";
    }
}
