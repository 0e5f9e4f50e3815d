package dev.gatehouse.session.http;

import dev.gatehouse.web.JsonObject;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The live sessions of a user.
 *
 * @param sessions newest first
 * @param degraded whether they were read from the memory of this process
 */
record SessionListResponse(List<SessionView> sessions, boolean degraded) {

    String json() {
        return new JsonObject()
                .withJson(
                        "sessions", sessions.stream().map(SessionView::json).collect(Collectors.joining(",", "[", "]")))
                .with("degraded", degraded)
                .text();
    }
}
