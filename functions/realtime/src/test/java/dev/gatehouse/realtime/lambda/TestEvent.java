// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import dev.gatehouse.web.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The events of a WebSocket API as AWS documents them, with the context that the authorizer returns for a session. */
enum TestEvent {
    CONNECT,
    MESSAGE,
    DISCONNECT;

    static final String TENANT = "acme";

    /** The authorizer's context, with its numbers and booleans as texts. */
    static String authorizer(String userId) {
        return new JsonObject()
                .with("principalId", "c2Vzc2lvbi1pZDEy")
                .with("tenant", TENANT)
                .with("userId", userId)
                .with("sessionId", "c2Vzc2lvbi1pZDEy")
                .with("limited", "false")
                .with("degraded", "false")
                .withJson("integrationLatency", "12")
                .text();
    }

    String of(String userId, String connectionId) {
        return with(authorizer(userId), connectionId, "");
    }

    static String message(String userId, String connectionId, String text) {
        return MESSAGE.with(authorizer(userId), connectionId, text);
    }

    /** @param authorizer in JSON */
    String with(String authorizer, String connectionId, String body) {
        return template()
                .replace("\"${connectionId}\"", JsonObject.quoted(connectionId))
                .replace("${authorizer}", authorizer)
                .replace("${body}", JsonObject.quoted(body));
    }

    private String template() {
        var name = name().toLowerCase(java.util.Locale.ROOT) + ".json";
        try (var in = Objects.requireNonNull(TestEvent.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
