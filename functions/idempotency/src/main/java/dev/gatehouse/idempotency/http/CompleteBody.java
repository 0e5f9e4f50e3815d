package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.InvalidClaim;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result of the work as its owner gives it. */
@Schema(
        name = "CompleteRequest",
        description = "Whose work is done, and with what result.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record CompleteBody(
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
                description = "What all who claim the key from now on are told.",
                requiredMode = Schema.RequiredMode.REQUIRED)
        ResponseMember response,

        @Schema(
                description = "How long the result is known. By default as the key was claimed for.",
                example = "86400",
                minimum = "1",
                maximum = "31536000")
        @Nullable
        Long ttlSeconds,

        @Schema(
                description = "Whether to keep also what belongs to one connection or one caller: hop-by-hop headers "
                        + "and Set-Cookie.",
                defaultValue = "false")
        @Nullable
        Boolean keepAllHeaders) {

    /** What is asked of the claims. */
    record Completing(Claim claim, Response response, Optional<Lifetime> lifetime) {}

    static Reading<Completing> read(byte @Nullable [] body, List<String> keyHeaders) {
        return JsonBody.read(body, fields -> readFrom(fields, keyHeaders));
    }

    private static @Nullable Completing readFrom(JsonBody fields, List<String> keyHeaders) {
        var key = AskedKey.readFrom(fields, keyHeaders);
        var owner = fields.text("owner");
        var given = fields.object("response", ResponseMember::readFrom);
        var ttlSeconds = fields.has("ttlSeconds") ? Optional.of(fields.whole("ttlSeconds")) : Optional.<Long>empty();
        var keepAll = fields.flag("keepAllHeaders", false);
        return given == null
                ? null
                : fields.make(() -> {
                    try {
                        var claim = new Claim(new IdempotencyKey(key.scope(), key.key()), new Owner(owner));
                        var response = given.toResponse();
                        return new Completing(
                                claim, keepAll ? response : response.toKeep(), ttlSeconds.map(Lifetime::new));
                    } catch (InvalidClaim invalid) {
                        fields.refuse(invalid.field(), invalid.getMessage());
                        return null;
                    }
                });
    }
}
