// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.web.RequestId;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;

/**
 * One of several works to claim.
 *
 * @param key the key
 * @param scope a namespace of keys: the same key in another scope names other work
 */
@JsonRecord
record ClaimEntryRequest(
        @Schema(example = "8e03978e-40d5-43dd-bc93-6894a57f9324")
        @Pattern(regexp = KeyRequest.KEY, message = KeyRequest.KEY_RULE)
        String key,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true, example = "payments")
        @Bindable(defaultValue = "")
        @Pattern(regexp = KeyRequest.SCOPE, message = KeyRequest.SCOPE_RULE)
        String scope,

        @JsonUnwrapped ClaimTermsRequest terms) {

    ClaimRequest toClaimRequest(RequestId claimedBy) {
        return terms.toClaimRequest(new IdempotencyKey(scope, key), claimedBy);
    }

    /** Leaves out key and owner. */
    @Override
    public String toString() {
        return "ClaimEntryRequest[…]";
    }
}
