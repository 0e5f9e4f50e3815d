package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.InvalidClaim;
import dev.gatehouse.idempotency.LeaseLength;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A longer lease as its owner asks for it. */
@Schema(
        name = "ExtendClaimRequest",
        description = "Whose lease is to last longer, and how long from now.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record ExtendBody(
        @Schema(
                description = "As it was claimed.",
                example = "8e03978e-40d5-43dd-bc93-6894a57f9324",
                pattern = "^[!-~]{1,255}$")
        @Nullable
        String key,

        @Schema(description = "As it was claimed.", example = "payments", pattern = "^[!-~]{0,128}$") @Nullable
        String scope,

        @Schema(
                description = "As it was told when the work was claimed.",
                example = "mQ8Yd1vXy0S3o7Z9aBcDeF",
                requiredMode = Schema.RequiredMode.REQUIRED)
        String owner,

        @Schema(
                description = "How long the lease is to last from now. It is never shortened.",
                example = "30000",
                minimum = "1",
                maximum = "86400000",
                requiredMode = Schema.RequiredMode.REQUIRED)
        long leaseMillis) {

    /** What is asked of the claims. */
    record Extending(Claim claim, LeaseLength length) {}

    static Reading<Extending> read(byte @Nullable [] body, List<String> keyHeaders) {
        return JsonBody.read(body, fields -> readFrom(fields, keyHeaders));
    }

    private static @Nullable Extending readFrom(JsonBody fields, List<String> keyHeaders) {
        var key = AskedKey.readFrom(fields, keyHeaders);
        var owner = fields.text("owner");
        var leaseMillis = fields.whole("leaseMillis");
        return fields.make(() -> {
            try {
                var claim = new Claim(new IdempotencyKey(key.scope(), key.key()), new Owner(owner));
                return new Extending(claim, new LeaseLength(leaseMillis));
            } catch (InvalidClaim invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
