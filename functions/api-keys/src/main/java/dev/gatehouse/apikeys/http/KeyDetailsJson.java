// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

import dev.gatehouse.apikeys.IssuedKey;
import dev.gatehouse.web.Timestamp;
import dev.gatehouse.web.json.JsonObject;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.ViolationCollector;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Converts keys to JSON, as {@code api-keys.yml} describes them, and attributes from JSON. Attributes keep their text. */
final class KeyDetailsJson {

    private KeyDetailsJson() {}

    static String of(IssuedKey key) {
        var details = key.details();
        var expiresAt = key.expiresAt();
        return new JsonObject()
                .with("id", key.id().text())
                .with("ownerId", key.owner().value())
                .withJson("name", details.name() == null ? "null" : JsonObject.quoted(details.name()))
                .withJson("prefix", key.prefix().map(JsonObject::quoted).orElse("null"))
                .withJson(
                        "scopes",
                        details.scopes().stream().map(JsonObject::quoted).collect(Collectors.joining(",", "[", "]")))
                .withJson("attributes", details.attributes())
                .with("createdAt", new Timestamp(key.createdAt()).toString())
                .withJson(
                        "expiresAt",
                        expiresAt == null ? "null" : JsonObject.quoted(new Timestamp(expiresAt).toString()))
                .text();
    }

    static void validateAttributes(@Nullable JsonValue attributes, ViolationCollector violations) {
        if (attributes != null
                && !(attributes instanceof JsonValue.Members)
                && !(attributes instanceof JsonValue.Null)) {
            violations.add("attributes", "must be an object");
        }
    }

    /** Returns the text of an object; null if there is none. */
    static @Nullable String attributes(@Nullable JsonValue attributes) {
        return attributes instanceof JsonValue.Members members ? members.text() : null;
    }
}
