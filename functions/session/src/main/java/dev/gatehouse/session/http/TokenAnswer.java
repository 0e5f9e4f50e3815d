package dev.gatehouse.session.http;

import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.web.JsonObject;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A session under a new token. */
@Schema(name = "SessionWithToken", description = "The session, and what opens it from now on.")
record TokenAnswer(
        @Schema(
                description = "For the session's user alone. It is told here and never again.",
                example = AskedToken.EXAMPLE)
        String token,

        SessionMember session,

        @Schema(description = "Whether it is kept in this process's memory only.", example = "false")
        boolean degraded) {

    /** Describes the answer to who rotates a token. */
    @ApiResponse(
            responseCode = "200",
            description = "The session has another token.",
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
            content = @Content(schema = @Schema(implementation = TokenAnswer.class)))
    @Retention(RetentionPolicy.CLASS)
    @Target(ElementType.METHOD)
    @interface Rotated {}

    static TokenAnswer of(SessionToken token, Session session, boolean degraded) {
        return new TokenAnswer(token.text(), SessionMember.of(session), degraded);
    }

    String json() {
        return new JsonObject()
                .with("token", token)
                .withJson("session", session.json())
                .with("degraded", degraded)
                .text();
    }

    /** Not the token. */
    @Override
    public String toString() {
        return "TokenAnswer[…]";
    }
}
