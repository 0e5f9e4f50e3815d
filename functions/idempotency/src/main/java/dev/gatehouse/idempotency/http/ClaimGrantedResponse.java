// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * A claim that was granted: the work is the claimant's to do.
 *
 * @param owner completes, releases and extends the claim; a secret of the claimant
 * @param leaseExpiresAt the time before which no other caller can claim the work
 * @param expiresAt the time at which the key expires unless the work is completed
 * @param attempt 1 for the first claim, incremented by each claim after an expired lease
 * @param degraded whether it was decided without Redis, for this process only
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record ClaimGrantedResponse(
        @Schema(type = "string", allowableValues = "claimed")
        String outcome,

        @Schema(example = ReleaseClaimRequest.OWNER_EXAMPLE) String owner,
        @Schema(format = "date-time") String leaseExpiresAt,
        @Schema(format = "date-time") String expiresAt,
        long attempt,
        boolean degraded)
        implements ClaimResponse {

    static ClaimGrantedResponse of(Owner owner, Claimed claimed, boolean degraded) {
        return new ClaimGrantedResponse(
                "claimed",
                owner.token(),
                new Timestamp(claimed.leaseEnds()).toString(),
                new Timestamp(claimed.expiresAt()).toString(),
                claimed.attempt(),
                degraded);
    }

    /** Leaves out the owner. */
    @Override
    public String toString() {
        return "ClaimGrantedResponse[…]";
    }
}
