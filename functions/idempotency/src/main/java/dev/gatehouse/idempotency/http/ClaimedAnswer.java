package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** Work that is the claimant's. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "ClaimGranted", description = "The work is the claimant's to do.")
record ClaimedAnswer(
        @Schema(example = "claimed") String outcome,

        @Schema(
                description = "What the claim is completed, released and extended by. A secret of the claimant.",
                example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        String owner,

        @Schema(
                description = "Until then nobody else gets the work.",
                format = "date-time",
                example = "2026-09-21T14:13:50.000Z")
        String leaseExpiresAt,

        @Schema(
                description = "When the key is forgotten if the work is not completed.",
                format = "date-time",
                example = "2026-09-22T14:13:20.000Z")
        String expiresAt,

        @Schema(description = "1 the first time, more after claimants that let their leases end.", example = "1")
        long attempt,

        @Schema(
                description = "Whether it was decided without Redis, and so holds in one process only.",
                example = "false")
        boolean degraded) {

    static ClaimedAnswer of(Owner owner, Claimed claimed, boolean degraded) {
        return new ClaimedAnswer(
                "claimed",
                owner.token(),
                new Timestamp(claimed.leaseEnds()).toString(),
                new Timestamp(claimed.expiresAt()).toString(),
                claimed.attempt(),
                degraded);
    }
}
