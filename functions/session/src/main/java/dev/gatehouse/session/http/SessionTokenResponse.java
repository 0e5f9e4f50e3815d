package dev.gatehouse.session.http;

import dev.gatehouse.web.JsonObject;
import io.swagger.v3.oas.annotations.media.Schema;

/** A session and its new token. */
@Schema(name = "SessionWithToken", description = "The session and its new token.")
record SessionTokenResponse(
        @Schema(description = "For the user alone. It is returned here only.", example = TokenText.EXAMPLE)
        String token,

        SessionView session,

        @Schema(description = "Whether it is stored in the memory of this process only.", example = "false")
        boolean degraded) {

    String json() {
        return new JsonObject()
                .with("token", token)
                .withJson("session", session.json())
                .with("degraded", degraded)
                .text();
    }

    /** Leaves out the token. */
    @Override
    public String toString() {
        return "SessionTokenResponse[…]";
    }
}
