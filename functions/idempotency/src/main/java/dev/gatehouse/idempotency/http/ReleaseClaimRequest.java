package dev.gatehouse.idempotency.http;

import dev.gatehouse.web.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/** A claim to release. */
@JsonRecord
@Schema(
        name = "ReleaseClaimRequest",
        description = "The claim to release.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record ReleaseClaimRequest(
        @Schema(description = "The key, unless the header Idempotency-Key has it.", example = KeySource.EXAMPLE)
        @Nullable
        @Pattern(regexp = KeySource.KEY, message = KeySource.KEY_MESSAGE)
        String key,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "The same key in another scope names other work.",
                example = "payments")
        @Bindable(defaultValue = "")
        @Pattern(regexp = KeySource.SCOPE, message = KeySource.SCOPE_MESSAGE)
        String scope,

        @Schema(
                description = "The owner, as returned by the claim.",
                example = KeySource.OWNER_EXAMPLE,
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Pattern(regexp = KeySource.OWNER, message = KeySource.OWNER_MESSAGE)
        String owner) {

    /** Leaves out key and owner. */
    @Override
    public String toString() {
        return "ReleaseClaimRequest[…]";
    }
}
