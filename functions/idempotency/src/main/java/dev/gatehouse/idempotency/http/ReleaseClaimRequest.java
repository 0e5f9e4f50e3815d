// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.http.HttpRequest;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;

/**
 * A claim: its key and its owner.
 *
 * @param owner the owner, as returned by the claim
 */
@JsonRecord
record ReleaseClaimRequest(
        @JsonUnwrapped KeyRequest key,

        @Schema(example = OWNER_EXAMPLE) @Pattern(regexp = OWNER, message = OWNER_RULE)
        String owner) {

    static final String OWNER = "^[!-~]{1,128}$";
    static final String OWNER_RULE = "must be 1 to 128 visible ASCII characters";
    static final String OWNER_EXAMPLE = "mQ8Yd1vXy0S3o7Z9aBcDeF";

    Claim toClaim(HttpRequest<?> request) {
        return new Claim(key.resolve(request), new Owner(owner));
    }

    /** Leaves out key and owner. */
    @Override
    public String toString() {
        return "ReleaseClaimRequest[…]";
    }
}
