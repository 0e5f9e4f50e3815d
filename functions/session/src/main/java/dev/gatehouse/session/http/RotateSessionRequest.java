package dev.gatehouse.session.http;

import dev.gatehouse.session.Grace;
import dev.gatehouse.web.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** A token to replace. */
@JsonRecord
@Schema(
        name = "SessionRotation",
        description = "The token to replace and its grace period.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record RotateSessionRequest(
        @Schema(
                description = "The token, as returned by create or rotate.",
                example = TokenText.EXAMPLE,
                requiredMode = Schema.RequiredMode.REQUIRED)
        String token,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "How long the old token stays valid; rotating it again meanwhile returns the same "
                        + "successor. With 0, a lost response loses the session.",
                example = "10")
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
