package dev.gatehouse.session.http;

import dev.gatehouse.web.JsonObject;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * A session and its new token.
 *
 * @param token for the user alone; it is returned here only
 * @param degraded whether it is stored in the memory of this process only
 */
record SessionTokenResponse(@Schema(example = TokenText.EXAMPLE) String token, SessionView session, boolean degraded) {

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
