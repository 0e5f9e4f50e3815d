package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.InvalidClaim;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The claim that an owner gives back. */
@Schema(
        name = "ReleaseClaimRequest",
        description = "Whose claim ends.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record OwnedBody(
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
        String owner) {

    static Reading<Claim> read(byte @Nullable [] body, List<String> keyHeaders) {
        return JsonBody.read(body, fields -> readFrom(fields, keyHeaders));
    }

    private static @Nullable Claim readFrom(JsonBody fields, List<String> keyHeaders) {
        var key = AskedKey.readFrom(fields, keyHeaders);
        var owner = fields.text("owner");
        return fields.make(() -> {
            try {
                return new Claim(new IdempotencyKey(key.scope(), key.key()), new Owner(owner));
            } catch (InvalidClaim invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
