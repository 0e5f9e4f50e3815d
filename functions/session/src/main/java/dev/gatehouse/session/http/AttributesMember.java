package dev.gatehouse.session.http;

import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.web.JsonObject;
import dev.gatehouse.web.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Attributes as they stand in a body, given and told alike: every value as it was written. */
final class AttributesMember {

    private AttributesMember() {}

    /** @throws dev.gatehouse.session.InvalidSession if they are nested too deep */
    static Attributes read(Map<String, JsonValue> given) {
        return new Attributes(attributes(given));
    }

    private static Map<String, Attribute> attributes(Map<String, JsonValue> given) {
        var attributes = new LinkedHashMap<String, Attribute>();
        given.forEach((name, value) -> attributes.put(
                name,
                switch (value) {
                    case JsonValue.Opaque(var json) -> new Attribute.Value(json);
                    case JsonValue.Members(var members) -> new Attribute.Members(attributes(members));
                }));
        return attributes;
    }

    /** Told by their names' order, which is the same each time. */
    static String json(Attributes attributes) {
        return json(attributes.members());
    }

    private static String json(Map<String, Attribute> attributes) {
        var json = new JsonObject();
        new TreeMap<>(attributes)
                .forEach((name, attribute) -> json.withJson(
                        name,
                        switch (attribute) {
                            case Attribute.Value(var value) -> value;
                            case Attribute.Members(var members) -> json(members);
                        }));
        return json.text();
    }
}
