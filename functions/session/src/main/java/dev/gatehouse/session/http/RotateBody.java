package dev.gatehouse.session.http;

import dev.gatehouse.session.Grace;
import dev.gatehouse.session.InvalidSession;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A token that is to be exchanged. */
@Schema(
        name = "SessionRotation",
        description = "Which token is to be exchanged, and how long it opens the session still.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record RotateBody(
        @Schema(
                description = "As it was told when the session was created or its token rotated.",
                example = AskedToken.EXAMPLE,
                requiredMode = Schema.RequiredMode.REQUIRED)
        String token,

        @Schema(
                description = "How long the token opens the session still; asking again meanwhile gives the same "
                        + "successor. With 0 an answer that is lost loses the session.",
                example = "10",
                minimum = "0",
                maximum = "3600",
                defaultValue = "10")
        @Nullable
        Long graceSeconds) {

    /** What is asked of the sessions. */
    record Asking(SessionToken token, Grace grace) {}

    static Reading<Asking> read(byte @Nullable [] body) {
        return JsonBody.read(body, RotateBody::readFrom);
    }

    private static @Nullable Asking readFrom(JsonBody fields) {
        var token = fields.text("token");
        var graceSeconds = fields.whole("graceSeconds", Grace.DEFAULT.seconds());
        return fields.make(() -> {
            try {
                return new Asking(AskedToken.of(token), new Grace(graceSeconds));
            } catch (InvalidSession invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}
