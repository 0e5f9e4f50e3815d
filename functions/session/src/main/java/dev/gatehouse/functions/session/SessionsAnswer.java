package dev.gatehouse.functions.session;

import dev.gatehouse.http.JsonObject;
import dev.gatehouse.session.Session;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.stream.Collectors;

/** A user's sessions. */
@Schema(name = "SessionList", description = "The user's live sessions.")
record SessionsAnswer(
        @Schema(description = "The newest first.") List<SessionMember> sessions,

        @Schema(description = "Whether they are told from this process's memory.", example = "false")
        boolean degraded) {

    static SessionsAnswer of(List<Session> sessions, boolean degraded) {
        return new SessionsAnswer(sessions.stream().map(SessionMember::of).toList(), degraded);
    }

    String json() {
        return new JsonObject()
                .withJson(
                        "sessions",
                        sessions.stream().map(SessionMember::json).collect(Collectors.joining(",", "[", "]")))
                .with("degraded", degraded)
                .text();
    }
}
