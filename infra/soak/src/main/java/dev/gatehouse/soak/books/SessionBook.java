// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.Map;

/** Creates a session, finds and rotates it, and ends it: it never opens again. */
final class SessionBook extends Book {

    private static final String SESSIONS = "/v1/sessions";

    SessionBook(Api api, Losses losses) {
        super("sessions", api, losses);
    }

    @Override
    void episode() {
        var created = post(SESSIONS, Map.of("userId", fresh("user-"), "idleSeconds", 60, "absoluteSeconds", 60));
        require(created.is(201), "a session is created", created);
        require(isOpen(created.text("token")), "a session opens", "closed");
        var rotated = post(SESSIONS + "/rotate", Map.of("token", created.text("token"), "graceSeconds", 0));
        require(rotated.is(200), "a session is rotated", rotated);
        require(isOpen(rotated.text("token")), "the successor opens", "closed");
        require(!isOpen(created.text("token")), "a replaced token without grace does not open", "open");

        var id = rotated.body().path("session").path("id").asText();
        var ended = delete(SESSIONS + "/" + id);
        require(ended.is(204), "a session is ended", ended);
        require(!isOpen(rotated.text("token")), "an ended session does not open", "open");
    }

    private boolean isOpen(String token) {
        return post(SESSIONS + "/lookup", Map.of("token", token)).is(200);
    }
}
