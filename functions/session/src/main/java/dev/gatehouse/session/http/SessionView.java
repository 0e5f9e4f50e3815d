package dev.gatehouse.session.http;

import dev.gatehouse.session.Session;
import dev.gatehouse.web.JsonObject;
import dev.gatehouse.web.Timestamp;
import io.swagger.v3.oas.annotations.media.Schema;

/** A session in a response. */
@Schema(name = "Session", description = "A live session.")
record SessionView(
        @Schema(description = "Changes and revokes the session, but does not open it.", example = TokenText.EXAMPLE_ID)
        String id,

        @Schema(example = "user-42") String userId,

        @Schema(format = "date-time", example = "2026-09-21T14:13:20.000Z")
        String createdAt,

        @Schema(
                description = "The last use that was written.",
                format = "date-time",
                example = "2026-09-21T14:13:20.000Z")
        String lastSeenAt,

        @Schema(
                description = "When the session ends unless it is used.",
                format = "date-time",
                example = "2026-09-21T14:43:20.000Z")
        String idleExpiresAt,

        @Schema(
                description = "When the session ends in any case.",
                format = "date-time",
                example = "2026-09-22T14:13:20.000Z")
        String expiresAt,

        @Schema(
                type = "object",
                description = "The attributes, each number as it was given.",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        String attributes,

        DeviceInfo device,

        @Schema(description = "Incremented by each change of the attributes.", example = "1")
        long version) {

    static SessionView of(Session session) {
        return new SessionView(
                session.id().text(),
                session.userId().value(),
                new Timestamp(session.createdAt()).toString(),
                new Timestamp(session.lastSeenAt()).toString(),
                new Timestamp(session.idleExpiresAt()).toString(),
                new Timestamp(session.expiresAt()).toString(),
                AttributesJson.text(session.attributes()),
                DeviceInfo.of(session.device()),
                session.version());
    }

    String json() {
        return new JsonObject()
                .with("id", id)
                .with("userId", userId)
                .with("createdAt", createdAt)
                .with("lastSeenAt", lastSeenAt)
                .with("idleExpiresAt", idleExpiresAt)
                .with("expiresAt", expiresAt)
                .withJson("attributes", attributes)
                .withJson("device", device.json())
                .with("version", version)
                .text();
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "SessionView[…]";
    }
}
