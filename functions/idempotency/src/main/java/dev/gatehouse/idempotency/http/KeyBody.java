package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.InvalidClaim;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key that is asked about. */
@Schema(
        name = "IdempotencyKey",
        description = "Which key is meant.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record KeyBody(
        @Schema(
                description = "As it was claimed.",
                example = "8e03978e-40d5-43dd-bc93-6894a57f9324",
                pattern = "^[!-~]{1,255}$")
        @Nullable
        String key,

        @Schema(description = "As it was claimed.", example = "payments", pattern = "^[!-~]{0,128}$") @Nullable
        String scope) {

    static Reading<IdempotencyKey> read(byte @Nullable [] body, List<String> keyHeaders) {
        return JsonBody.read(body, fields -> readFrom(fields, keyHeaders));
    }

    private static @Nullable IdempotencyKey readFrom(JsonBody fields, List<String> keyHeaders) {
        var key = AskedKey.readFrom(fields, keyHeaders);
        return fields.make(() -> {
            try {
                return new IdempotencyKey(key.scope(), key.key());
            } catch (InvalidClaim invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
