package dev.gatehouse.session.http;

import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.Touch;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A token whose session is asked for. */
@Schema(
        name = "SessionLookup",
        description = "Which session is meant, and whether this is a use of it.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record LookupBody(
        @Schema(
                description = "As it was told when the session was created or its token rotated.",
                example = AskedToken.EXAMPLE,
                requiredMode = Schema.RequiredMode.REQUIRED)
        String token,

        @Schema(
                description = "Whether it puts off the end of a session that is idle. That is written once a minute.",
                defaultValue = "true")
        @Nullable
        Boolean touch) {

    /** What is asked of the sessions. */
    record Asking(SessionToken token, Touch touch) {}

    static Reading<Asking> read(byte @Nullable [] body) {
        return JsonBody.read(body, LookupBody::readFrom);
    }

    private static @Nullable Asking readFrom(JsonBody fields) {
        var token = fields.text("token");
        var touch = fields.flag("touch", true) ? Touch.TOUCH : Touch.LOOK;
        return fields.make(() -> new Asking(AskedToken.of(token), touch));
    }
}
