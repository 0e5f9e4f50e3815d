package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.web.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/** A lease to extend. */
@JsonRecord
@Schema(
        name = "ExtendClaimRequest",
        description = "The claim whose lease to extend.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record ExtendClaimRequest(
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
        String owner,

        @Schema(
                description = "The length of the lease from now. A lease is never shortened.",
                example = "30000",
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Min(1)
        @Max(ClaimLease.MAX_MILLIS)
        long leaseMillis) {

    /** Leaves out key and owner. */
    @Override
    public String toString() {
        return "ExtendClaimRequest[…]";
    }
}
