package dev.gatehouse.idempotency.http;

import dev.gatehouse.web.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/** A key to inspect or to invalidate. */
@JsonRecord
@Schema(name = "IdempotencyKey", description = "A key.", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record KeyRequest(
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
        String scope) {

    /** Leaves out the key. */
    @Override
    public String toString() {
        return "KeyRequest[…]";
    }
}
