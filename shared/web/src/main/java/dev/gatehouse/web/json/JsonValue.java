package dev.gatehouse.web.json;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value as it was written, apart from white space and the escaping of characters: no number loses a digit. A
 * component of this type in a {@link JsonRecord} accepts any value, null included.
 */
public sealed interface JsonValue {

    record Text(String value) implements JsonValue {}

    /**
     * A number.
     *
     * @param text the literal
     * @param whole the value, clamped to the range of long; null if the literal has a fraction or an exponent
     */
    record Numeral(String text, @Nullable Long whole) implements JsonValue {}

    record Flag(boolean value) implements JsonValue {}

    record Null() implements JsonValue {}

    record Array(List<JsonValue> elements) implements JsonValue {}

    /**
     * An object.
     *
     * @param members the members in the order of the text
     * @param source the text of the object, as it was received
     */
    record Members(Map<String, JsonValue> members, CharSequence source) implements JsonValue {}

    /** Returns the JSON text of this value, without white space. */
    default String text() {
        return switch (this) {
            case Text(var value) -> JsonObject.quoted(value);
            case Numeral(var text, var _) -> text;
            case Flag(var value) -> Boolean.toString(value);
            case Null() -> "null";
            case Array(var elements) -> {
                var json = new StringJoiner(",", "[", "]");
                elements.forEach(element -> json.add(element.text()));
                yield json.toString();
            }
            case Members(var members, var _) -> {
                var json = new StringJoiner(",", "{", "}");
                members.forEach((name, value) -> json.add(JsonObject.quoted(name) + ":" + value.text()));
                yield json.toString();
            }
        };
    }
}
