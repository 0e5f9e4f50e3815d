package dev.gatehouse.session.http;

import dev.gatehouse.session.InvalidSession;
import dev.gatehouse.session.SessionId;
import dev.gatehouse.session.UserId;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A user whose sessions are to end. */
@Schema(
        name = "UserRevocation",
        description = "Whose sessions are to end, and which of them is not.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record RevokeUserBody(
        @Schema(
                description = "As the sessions were created.",
                example = "user-42",
                minLength = 1,
                maxLength = UserId.MAX_LENGTH,
                requiredMode = Schema.RequiredMode.REQUIRED)
        String userId,

        @Schema(description = "The session that stays.", example = AskedToken.EXAMPLE_ID) @Nullable
        String exceptId) {

    /** What is asked of the sessions. */
    record Asking(UserId user, Optional<SessionId> except) {}

    static Reading<Asking> read(byte @Nullable [] body) {
        return JsonBody.read(body, RevokeUserBody::readFrom);
    }

    private static @Nullable Asking readFrom(JsonBody fields) {
        var userId = fields.text("userId");
        var exceptId = fields.has("exceptId") ? fields.text("exceptId") : null;
        return fields.make(() -> {
            var except = exceptId == null ? Optional.<SessionId>empty() : SessionId.parse(exceptId);
            if (exceptId != null && except.isEmpty()) {
                // Whoever spares a session must not lose it by a slip.
                fields.refuse("exceptId", "is not a session's id");
                return null;
            }
            try {
                return new Asking(new UserId(userId), except);
            } catch (InvalidSession invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
