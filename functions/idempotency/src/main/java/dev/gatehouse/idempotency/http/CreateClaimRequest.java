package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.web.JsonRecord;
import dev.gatehouse.web.RequestId;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Work to claim. */
@JsonRecord
@Schema(
        name = "ClaimRequest",
        description = "The work to claim, and how long it may take.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record CreateClaimRequest(
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
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "Usually a digest of the request: the key with another fingerprint is rejected.",
                example = "sha-256:9f86d081884c7d65")
        @Bindable(defaultValue = "")
        @Pattern(regexp = "^[!-~]{0,255}$", message = "must be at most 255 visible ASCII characters")
        String fingerprint,

        @Schema(
                description =
                        "A secret of the claimant, by default generated. Claiming again with it returns the same claim.",
                example = KeySource.OWNER_EXAMPLE)
        @Nullable
        @Pattern(regexp = KeySource.OWNER, message = KeySource.OWNER_MESSAGE)
        String owner,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "How long nobody else can claim the work, also after a crash.",
                example = "30000")
        @Bindable(defaultValue = "30000")
        @Min(1)
        @Max(ClaimLease.MAX_MILLIS)
        long leaseMillis,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "The lifetime of the key, restarted by the completion.",
                example = "86400")
        @Bindable(defaultValue = "86400")
        @Min(1)
        @Max(Lifetime.MAX_SECONDS)
        long ttlSeconds,

        @Schema(
                requiredMode = Schema.RequiredMode.NOT_REQUIRED,
                nullable = true,
                description = "How long to wait for the result of work in flight.",
                example = "5000")
        @Bindable(defaultValue = "0")
        @Min(0)
        @Max(MAX_WAIT_MILLIS)
        long waitMillis) {

    private static final long MAX_WAIT_MILLIS = 20_000;

    ClaimRequest toClaimRequest(IdempotencyKey resolved, RequestId claimedBy) {
        return new ClaimRequest(
                new Claim(resolved, owner == null ? Owner.random() : new Owner(owner)),
                new Fingerprint(fingerprint),
                claimedBy.value(),
                new ClaimLease(leaseMillis),
                new Lifetime(ttlSeconds));
    }

    Duration patience() {
        return Duration.ofMillis(waitMillis);
    }

    /** Leaves out key and owner. */
    @Override
    public String toString() {
        return "CreateClaimRequest[…]";
    }
}
