package dev.gatehouse.functions.session;

import dev.gatehouse.http.JsonObject;
import dev.gatehouse.session.Session;
import io.swagger.v3.oas.annotations.media.Schema;

/** A session that is told. */
@Schema(name = "SessionFound", description = "The session.")
record SessionAnswer(
        SessionMember session,

        @Schema(description = "Whether it was told from this process's memory.", example = "false")
        boolean degraded) {

    static SessionAnswer of(Session session, boolean degraded) {
        return new SessionAnswer(SessionMember.of(session), degraded);
    }

    String json() {
        return new JsonObject()
                .withJson("session", session.json())
                .with("degraded", degraded)
                .text();
    }
}
