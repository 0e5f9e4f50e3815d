package dev.gatehouse.idempotency.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.idempotency.ClaimExtension.Extended;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** The response to an extension. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "ClaimExtended", description = "The extended lease.")
record ClaimExtendedResponse(
        @Schema(
                description = "Nobody else can claim the work before.",
                format = "date-time",
                example = "2026-09-21T14:13:50.000Z")
        String leaseExpiresAt,

        @Schema(description = "Whether it is stored in the memory of this process only.", example = "false")
        boolean degraded) {

    static ClaimExtendedResponse of(Extended extended, boolean degraded) {
        return new ClaimExtendedResponse(new Timestamp(extended.leaseEnds()).toString(), degraded);
    }
}
