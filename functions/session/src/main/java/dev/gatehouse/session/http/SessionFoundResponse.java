package dev.gatehouse.session.http;

import dev.gatehouse.web.JsonObject;

/**
 * A session that was looked up or changed.
 *
 * @param degraded whether it was read from the memory of this process
 */
record SessionFoundResponse(SessionView session, boolean degraded) {

    String json() {
        return new JsonObject()
                .withJson("session", session.json())
                .with("degraded", degraded)
                .text();
    }
}
