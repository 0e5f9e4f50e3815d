package dev.gatehouse.session.http;

import dev.gatehouse.session.InvalidSession;
import dev.gatehouse.session.UserId;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A user whose sessions are asked for. */
@Schema(
        name = "SessionsOfUser",
        description = "Whose sessions are meant.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record ListBody(
        @Schema(
                description = "As the sessions were created.",
                example = "user-42",
                minLength = 1,
                maxLength = UserId.MAX_LENGTH,
                requiredMode = Schema.RequiredMode.REQUIRED)
        String userId) {

    static Reading<UserId> read(byte @Nullable [] body) {
        return JsonBody.read(body, ListBody::readFrom);
    }

    private static @Nullable UserId readFrom(JsonBody fields) {
        var userId = fields.text("userId");
        return fields.make(() -> {
            try {
                return new UserId(userId);
            } catch (InvalidSession invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
