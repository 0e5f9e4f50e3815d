package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** The response to a claim that was granted. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "ClaimGranted", description = "The work is the claimant's to do.")
record ClaimGrantedResponse(
        @Schema(example = "claimed") String outcome,

        @Schema(
                description = "Completes, releases and extends the claim. A secret of the claimant.",
                example = KeySource.OWNER_EXAMPLE)
        String owner,

        @Schema(
                description = "Nobody else can claim the work before.",
                format = "date-time",
                example = "2026-09-21T14:13:50.000Z")
        String leaseExpiresAt,

        @Schema(
                description = "When the key expires unless the work is completed.",
                format = "date-time",
                example = "2026-09-22T14:13:20.000Z")
        String expiresAt,

        @Schema(description = "1 for the first claim, incremented by each claim after an expired lease.", example = "1")
        long attempt,

        @Schema(description = "Whether it was decided without Redis, for this process only.", example = "false")
        boolean degraded) {

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
