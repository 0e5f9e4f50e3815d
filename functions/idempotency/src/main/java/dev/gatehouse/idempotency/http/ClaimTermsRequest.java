// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.WaitingClaims.Claimant;
import dev.gatehouse.web.ClientConnection;
import dev.gatehouse.web.RequestId;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The terms of a claim.
 *
 * @param fingerprint usually a digest of the request: the key with another fingerprint is rejected
 * @param owner a secret of the claimant, by default generated; claiming again with it returns the same claim
 * @param leaseMillis how long no other caller can claim the work, also after a crash
 * @param ttlSeconds the lifetime of the key, restarted by the completion
 */
@JsonRecord
record ClaimTermsRequest(
        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "")
        @Pattern(regexp = "^[!-~]{0,255}$", message = "must be at most 255 visible ASCII characters")
        String fingerprint,

        @Schema(example = ReleaseClaimRequest.OWNER_EXAMPLE)
        @Nullable
        @Pattern(regexp = ReleaseClaimRequest.OWNER, message = ReleaseClaimRequest.OWNER_RULE)
        String owner,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "30000")
        @Min(1)
        @Max(ClaimLease.MAX_MILLIS)
        long leaseMillis,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "86400")
        @Min(1)
        @Max(Lifetime.MAX_SECONDS)
        long ttlSeconds) {

    ClaimRequest toClaimRequest(IdempotencyKey key, RequestId claimedBy) {
        return new ClaimRequest(
                new Claim(key, owner == null ? Owner.random() : new Owner(owner)),
                new Fingerprint(fingerprint),
                claimedBy.value(),
                new ClaimLease(leaseMillis),
                new Lifetime(ttlSeconds));
    }

    /** Returns the claimant. One that chose the owner can repeat the claim, so its claim is not released. */
    Claimant claimant(ClientConnection connection) {
        return new Claimant(connection.cancellation(), owner == null ? connection.closed() : new CompletableFuture<>());
    }

    /** Leaves out the owner. */
    @Override
    public String toString() {
        return "ClaimTermsRequest[…]";
    }
}
