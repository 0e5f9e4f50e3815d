package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** A lease that lasts longer now. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "LeaseExtended", description = "A lease that is live and its holder's.")
record ExtendedAnswer(
        @Schema(description = "The lease.", example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        String leaseId,

        @Schema(description = "As it was granted with.", example = "1790000000000000")
        long fence,

        @Schema(description = "When the lease ends now.", format = "date-time", example = "2026-09-21T14:13:50.000Z")
        String expiresAt,

        @Schema(description = "Whether it is kept without Redis, and so holds in one process only.", example = "false")
        boolean degraded) {

    static ExtendedAnswer of(Lease lease, Extended extended, boolean degraded) {
        return new ExtendedAnswer(
                lease.id().value(), extended.fence(), new Timestamp(extended.endsAt()).toString(), degraded);
    }
}
