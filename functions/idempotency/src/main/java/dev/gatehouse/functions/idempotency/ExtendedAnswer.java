package dev.gatehouse.functions.idempotency;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** A lease that lasts longer now. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "ClaimExtended", description = "A lease that lasts at least so long.")
record ExtendedAnswer(
        @Schema(
                description = "Until then nobody else gets the work.",
                format = "date-time",
                example = "2026-09-21T14:13:50.000Z")
        String leaseExpiresAt,

        @Schema(description = "Whether it is kept in this process's memory only.", example = "false")
        boolean degraded) {}
