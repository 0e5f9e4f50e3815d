package dev.gatehouse.session.http;

import dev.gatehouse.web.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;

/** A session to look up. */
@JsonRecord
@Schema(
        name = "SessionLookup",
        description = "The token of a session.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record LookupSessionRequest(
        @Schema(
                description = "The token, as returned by create or rotate.",
                example = TokenText.EXAMPLE,
                requiredMode = Schema.RequiredMode.REQUIRED)
        String token,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "Whether the lookup counts as use of the session. Use is written once a minute.")
        @Bindable(defaultValue = "true")
        boolean touch) {

    /** Leaves out the token. */
    @Override
    public String toString() {
        return "LookupSessionRequest[…]";
    }
}
