package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.lease.InvalidLease;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseId;
import dev.gatehouse.ratelimit.lease.LeasedSubject;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The end of a lease as its holder asks for it. */
@Schema(
        name = "LeaseRelease",
        description = "Which lease is to end now.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record ReleaseRequest(
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
        String leaseId) {

    static Reading<Lease> read(byte @Nullable [] body) {
        return JsonBody.read(body, ReleaseRequest::readFrom);
    }

    private static @Nullable Lease readFrom(JsonBody fields) {
        var name = fields.text("name");
        var subject = fields.text("subject");
        var leaseId = fields.text("leaseId");
        return fields.make(() -> {
            try {
                return new Lease(new LeasedSubject(name, subject), new LeaseId(leaseId));
            } catch (InvalidLease invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
