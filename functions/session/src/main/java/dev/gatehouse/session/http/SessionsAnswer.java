package dev.gatehouse.session.http;

import dev.gatehouse.session.Session;
import dev.gatehouse.web.JsonObject;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Collectors;

/** A user's sessions. */
@Schema(name = "SessionList", description = "The user's live sessions.")
record SessionsAnswer(
        @Schema(description = "The newest first.") List<SessionMember> sessions,

        @Schema(description = "Whether they are told from this process's memory.", example = "false")
        boolean degraded) {

    /** Describes the answer. */
    @ApiResponse(
            responseCode = "200",
            description = "Those that are live.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = SessionsAnswer.class)))
    @Retention(RetentionPolicy.CLASS)
    @Target(ElementType.METHOD)
    @interface Told {}

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
