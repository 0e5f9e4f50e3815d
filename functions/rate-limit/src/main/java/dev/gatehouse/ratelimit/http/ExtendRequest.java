package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.lease.InvalidLease;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseId;
import dev.gatehouse.ratelimit.lease.LeaseLength;
import dev.gatehouse.ratelimit.lease.LeasedSubject;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A longer lease as its holder asks for it. */
@Schema(
        name = "LeaseExtension",
        description = "Which lease is to last longer, and how long from now.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record ExtendRequest(
        @Schema(
                description = "As the lease was asked for.",
                example = "exports",
                pattern = "^[A-Za-z0-9._-]{1,64}$",
                requiredMode = Schema.RequiredMode.REQUIRED)
        String name,

        @Schema(
                description = "As the lease was asked for.",
                example = "user-42",
                minLength = 1,
                maxLength = 512,
                requiredMode = Schema.RequiredMode.REQUIRED)
        String subject,

        @Schema(
                description = "As it was told when the lease was granted.",
                example = "mQ8Yd1vXy0S3o7Z9aBcDeF",
                pattern = "^[A-Za-z0-9_-]{22}$",
                requiredMode = Schema.RequiredMode.REQUIRED)
        String leaseId,

        @Schema(
                description = "How long the lease is to last from now. It is never shortened.",
                example = "30000",
                minimum = "1",
                maximum = "86400000",
                requiredMode = Schema.RequiredMode.REQUIRED)
        long leaseMillis) {

    /** What is asked of the leases. */
    record Extending(Lease lease, LeaseLength length) {}

    static Reading<Extending> read(byte @Nullable [] body) {
        return JsonBody.read(body, ExtendRequest::readFrom);
    }

    private static @Nullable Extending readFrom(JsonBody fields) {
        var name = fields.text("name");
        var subject = fields.text("subject");
        var leaseId = fields.text("leaseId");
        var leaseMillis = fields.whole("leaseMillis");
        return fields.make(() -> {
            try {
                var lease = new Lease(new LeasedSubject(name, subject), new LeaseId(leaseId));
                return new Extending(lease, new LeaseLength(leaseMillis));
            } catch (InvalidLease invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
