package dev.gatehouse.session.http;

import dev.gatehouse.web.JsonObject;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.stream.Collectors;

/** The sessions of a user. */
@Schema(name = "SessionList", description = "The live sessions of the user.")
record SessionListResponse(
        @Schema(description = "Newest first.") List<SessionView> sessions,

        @Schema(description = "Whether they were read from the memory of this process.", example = "false")
        boolean degraded) {

    String json() {
        return new JsonObject()
                .withJson(
                        "sessions", sessions.stream().map(SessionView::json).collect(Collectors.joining(",", "[", "]")))
                .with("degraded", degraded)
                .text();
    }
}
