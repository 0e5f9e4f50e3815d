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

/** A session that is told. */
@Schema(name = "SessionFound", description = "The session.")
record SessionAnswer(
        SessionMember session,

        @Schema(description = "Whether it was told from this process's memory.", example = "false")
        boolean degraded) {

    /** Describes the answer. */
    @ApiResponse(
            responseCode = "200",
            description = "The session as it is now.",
            headers = {
                @Header(
                        name = "ETag",
                        description = "The session's version, as If-Match takes it.",
                        schema = @Schema(type = "string", example = "\"1\"")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content = @Content(schema = @Schema(implementation = SessionAnswer.class)))
    @Retention(RetentionPolicy.CLASS)
    @Target(ElementType.METHOD)
    @interface Told {}

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
