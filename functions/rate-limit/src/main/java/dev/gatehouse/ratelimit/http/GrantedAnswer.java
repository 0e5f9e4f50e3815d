package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.web.Timestamp;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;

/** A lease that was granted. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "LeaseGranted", description = "A lease that was granted.")
record GrantedAnswer(
        @Schema(
                description = "What the holder extends and releases it by. A secret of its holder.",
                example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        String leaseId,

        @Schema(
                description = "Greater than that of every lease granted before for the name and subject. A store that "
                        + "refuses lesser ones than it has seen is safe from holders whose lease has ended.",
                example = "1790000000000000")
        long fence,

        @Schema(description = "When the lease ends.", format = "date-time", example = "2026-09-21T14:13:50.000Z")
        String expiresAt,

        @Schema(description = "Leases that are live now, this one among them.", example = "1")
        long inUse,

        @Schema(description = "How many may be live at once.", example = "1")
        long limit,

        @Schema(
                description = "Whether it was granted without Redis, and so holds in one process only.",
                example = "false")
        boolean degraded) {

    static GrantedAnswer of(LeaseRequest asked, Granted granted, boolean degraded) {
        return new GrantedAnswer(
                asked.lease().id().value(),
                granted.fence(),
                new Timestamp(granted.endsAt()).toString(),
                granted.inUse(),
                asked.limit(),
                degraded);
    }
}
