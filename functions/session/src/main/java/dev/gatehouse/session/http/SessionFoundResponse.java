package dev.gatehouse.session.http;

import dev.gatehouse.web.JsonObject;
import io.swagger.v3.oas.annotations.media.Schema;

/** A session that was looked up or changed. */
@Schema(name = "SessionFound", description = "The session.")
record SessionFoundResponse(
        SessionView session,

        @Schema(description = "Whether it was read from the memory of this process.", example = "false")
        boolean degraded) {

    String json() {
        return new JsonObject()
                .withJson("session", session.json())
                .with("degraded", degraded)
                .text();
    }
}
