package dev.gatehouse.functions.session;

import dev.gatehouse.http.JsonObject;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import io.swagger.v3.oas.annotations.media.Schema;

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
