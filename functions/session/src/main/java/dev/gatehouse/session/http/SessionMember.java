package dev.gatehouse.session.http;

import dev.gatehouse.session.Session;
import dev.gatehouse.web.JsonObject;
import dev.gatehouse.web.Timestamp;
import io.swagger.v3.oas.annotations.media.Schema;

/** A session as it stands in an answer. */
@Schema(name = "Session", description = "A live session.")
record SessionMember(
        @Schema(description = "What it is changed and revoked by. It opens nothing.", example = AskedToken.EXAMPLE_ID)
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
                description = "When it ends unless it is used before.",
                format = "date-time",
                example = "2026-09-21T14:43:20.000Z")
        String idleExpiresAt,

        @Schema(description = "When it ends in any case.", format = "date-time", example = "2026-09-22T14:13:20.000Z")
        String expiresAt,

        @Schema(
                type = "object",
                description = "What is kept with it, every number as it was given.",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        String attributes,

        DeviceMember device,

        @Schema(description = "One more with each change of its attributes.", example = "1")
        long version) {

    static SessionMember of(Session session) {
        return new SessionMember(
                session.id().text(),
                session.userId().value(),
                new Timestamp(session.createdAt()).toString(),
                new Timestamp(session.lastSeenAt()).toString(),
                new Timestamp(session.idleExpiresAt()).toString(),
                new Timestamp(session.expiresAt()).toString(),
                AttributesMember.json(session.attributes()),
                DeviceMember.of(session.device()),
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

    /** Not whose it is. */
    @Override
    public String toString() {
        return "SessionMember[…]";
    }
}
