// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.web.Timestamp;
import dev.gatehouse.web.json.JsonObject;
import dev.gatehouse.web.json.JsonValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Converts sessions to JSON, as {@code session.yml} describes them, and attributes from JSON. Attributes keep their text,
 * which a serializer would change.
 */
final class SessionJson {

    private SessionJson() {}

    /** Returns a session that was looked up or changed. */
    static String of(Session session, boolean degraded) {
        return new JsonObject()
                .withJson("session", text(session))
                .with("degraded", degraded)
                .text();
    }

    /** Returns a session with its new token. */
    static String of(SessionToken token, Session session, boolean degraded) {
        return new JsonObject()
                .with("token", token.text())
                .withJson("session", text(session))
                .with("degraded", degraded)
                .text();
    }

    /** Returns the sessions of a user. */
    static String of(List<Session> sessions, boolean degraded) {
        var texts = sessions.stream().map(SessionJson::text).collect(Collectors.joining(",", "[", "]"));
        return new JsonObject()
                .withJson("sessions", texts)
                .with("degraded", degraded)
                .text();
    }

    private static String text(Session session) {
        var actor = session.actor();
        var elevation = session.elevation();
        return new JsonObject()
                .with("id", session.id().text())
                .with("userId", session.userId().value())
                .withJson("actor", actor == null ? "null" : JsonObject.quoted(actor.value()))
                .with("createdAt", new Timestamp(session.createdAt()).toString())
                .with("lastSeenAt", new Timestamp(session.lastSeenAt()).toString())
                .with("idleExpiresAt", new Timestamp(session.idleExpiresAt()).toString())
                .with("expiresAt", new Timestamp(session.expiresAt()).toString())
                .with("authenticatedAt", new Timestamp(session.authenticatedAt()).toString())
                .withJson("level", elevation == null ? "null" : JsonObject.quoted(elevation.level()))
                .withJson(
                        "elevatedUntil",
                        elevation == null ? "null" : JsonObject.quoted(new Timestamp(elevation.until()).toString()))
                .withJson("attributes", text(session.attributes().members()))
                .withJson("device", text(session.device()))
                .with("version", session.version())
                .text();
    }

    private static String text(Device device) {
        var json = new JsonObject();
        addIfKnown(json, "name", device.name());
        addIfKnown(json, "userAgent", device.userAgent());
        addIfKnown(json, "ip", device.ip());
        return json.text();
    }

    private static void addIfKnown(JsonObject json, String name, @Nullable String value) {
        if (value != null) {
            json.with(name, value);
        }
    }

    /** Sorts by name. */
    private static String text(Map<String, Attribute> attributes) {
        var json = new JsonObject();
        new TreeMap<>(attributes)
                .forEach((name, attribute) -> json.withJson(
                        name,
                        switch (attribute) {
                            case Attribute.Value(var value) -> value;
                            case Attribute.Members(var members) -> text(members);
                        }));
        return json.text();
    }

    /** @throws dev.gatehouse.session.InvalidSession if they are nested too deep */
    static Attributes attributes(Map<String, JsonValue> members) {
        return new Attributes(parsed(members));
    }

    private static Map<String, Attribute> parsed(Map<String, JsonValue> members) {
        var attributes = new HashMap<String, Attribute>();
        members.forEach((name, value) -> attributes.put(
                name,
                value instanceof JsonValue.Members(var inner, var _)
                        ? new Attribute.Members(parsed(inner))
                        : new Attribute.Value(value.text())));
        return attributes;
    }
}
