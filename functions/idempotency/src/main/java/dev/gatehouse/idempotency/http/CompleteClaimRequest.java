package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.web.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A claim to complete, and the result of the work. */
@JsonRecord
@Schema(
        name = "CompleteRequest",
        description = "The claim to complete, and the result of the work.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record CompleteClaimRequest(
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

        @Schema(description = "Replayed to all later claims of the key.", requiredMode = Schema.RequiredMode.REQUIRED)
        ResultRequest response,

        @Schema(description = "The lifetime of the result. By default the one of the claim.", example = "86400")
        @Nullable
        @Min(1)
        @Max(Lifetime.MAX_SECONDS)
        Long ttlSeconds,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "Whether to store hop-by-hop headers and Set-Cookie too.")
        @Bindable(defaultValue = "false")
        boolean keepAllHeaders) {

    /** @throws dev.gatehouse.idempotency.InvalidClaim if the response has too many headers or too long a body */
    Response result() {
        var result = response.toResponse();
        return keepAllHeaders ? result : result.toKeep();
    }

    Optional<Lifetime> lifetime() {
        return Optional.ofNullable(ttlSeconds).map(Lifetime::new);
    }

    /** Leaves out key, owner and result. */
    @Override
    public String toString() {
        return "CompleteClaimRequest[…]";
    }
}
