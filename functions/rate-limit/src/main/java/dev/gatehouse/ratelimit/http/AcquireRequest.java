package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.lease.InvalidLease;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseId;
import dev.gatehouse.ratelimit.lease.LeaseLength;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.ratelimit.lease.LeasedSubject;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A lease as a caller asks for it. */
@Schema(
        name = "LeaseRequest",
        description = "How many may be held at once, and for how long this one.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record AcquireRequest(
        @Schema(
                description = "Names what is limited. Leases with the same name and subject count together.",
                example = "exports",
                pattern = "^[A-Za-z0-9._-]{1,64}$",
                requiredMode = Schema.RequiredMode.REQUIRED)
        String name,

        @Schema(
                description = "For whom, or what: a user id, an account, a document to be locked. Kept as a hash only.",
                example = "user-42",
                minLength = 1,
                maxLength = 512,
                requiredMode = Schema.RequiredMode.REQUIRED)
        String subject,

        @Schema(
                description =
                        "How many may be live at once. 1 makes it a lock. It counts at once when it is changed, and "
                                + "takes no lease away.",
                example = "1",
                minimum = "1",
                maximum = "100000",
                requiredMode = Schema.RequiredMode.REQUIRED)
        long limit,

        @Schema(
                description = "How long the lease lasts unless it is extended or released, also if its holder crashes.",
                example = "30000",
                minimum = "1",
                maximum = "86400000",
                requiredMode = Schema.RequiredMode.REQUIRED)
        long leaseMillis,

        @Schema(
                description =
                        "The id that the lease is to have: 128 random bits, and a secret of its holder. By default "
                                + "it is made here. Asking again with the id of a live lease gives the same grant.",
                example = "mQ8Yd1vXy0S3o7Z9aBcDeF",
                pattern = "^[A-Za-z0-9_-]{22}$")
        @Nullable
        String leaseId) {

    static Reading<LeaseRequest> read(byte @Nullable [] body) {
        return JsonBody.read(body, AcquireRequest::readFrom);
    }

    private static @Nullable LeaseRequest readFrom(JsonBody fields) {
        var name = fields.text("name");
        var subject = fields.text("subject");
        var limit = fields.whole("limit");
        var leaseMillis = fields.whole("leaseMillis");
        var leaseId = fields.has("leaseId") ? fields.text("leaseId") : null;
        return fields.make(() -> {
            try {
                var id = leaseId == null ? LeaseId.random() : new LeaseId(leaseId);
                var lease = new Lease(new LeasedSubject(name, subject), id);
                return new LeaseRequest(lease, limit, new LeaseLength(leaseMillis));
            } catch (InvalidLease invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
