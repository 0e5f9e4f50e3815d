package dev.gatehouse.session.http;

import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.web.Json;
import dev.gatehouse.web.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Converts attributes from and to JSON. Values keep their text. */
final class AttributesJson {

    private AttributesJson() {}

    /** @throws dev.gatehouse.session.InvalidSession if they are nested too deep */
    static Attributes parse(Map<String, Json> members) {
        return new Attributes(attributes(members));
    }

    private static Map<String, Attribute> attributes(Map<String, Json> members) {
        var attributes = new HashMap<String, Attribute>();
        members.forEach((name, value) -> attributes.put(
                name,
                value instanceof Json.Members(var inner)
                        ? new Attribute.Members(attributes(inner))
                        : new Attribute.Value(value.text())));
        return attributes;
    }

    /** Returns the JSON text, sorted by name. */
    static String text(Attributes attributes) {
        return text(attributes.members());
    }

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
}
