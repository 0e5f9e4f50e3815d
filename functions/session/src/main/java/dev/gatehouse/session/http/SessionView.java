package dev.gatehouse.session.http;

import dev.gatehouse.session.Session;
import dev.gatehouse.web.JsonObject;
import dev.gatehouse.web.Timestamp;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * A live session.
 *
 * @param id changes and revokes the session, but does not open it
 * @param lastSeenAt the last use that was written
 * @param idleExpiresAt when the session ends unless it is used
 * @param expiresAt when the session ends in any case
 * @param attributes the attributes, each number as it was given
 * @param version incremented by each change of the attributes
 */
record SessionView(
        @Schema(example = TokenText.EXAMPLE_ID) String id,
        @Schema(example = "user-42") String userId,
        @Schema(format = "date-time") String createdAt,
        @Schema(format = "date-time") String lastSeenAt,
        @Schema(format = "date-time") String idleExpiresAt,
        @Schema(format = "date-time") String expiresAt,

        @Schema(type = "object", additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        String attributes,

        DeviceInfo device,
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
