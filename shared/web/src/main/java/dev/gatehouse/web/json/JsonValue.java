// SPDX-License-Identifier: Apache-2.0
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

    /**
     * A string.
     *
     * @param source the text with its quotes, as it was received; null if no character is escaped in it
     */
    record Text(String value, @Nullable CharSequence source) implements JsonValue {

        public Text(String value) {
            this(value, null);
        }
    }

    /**
     * A number.
     *
     * @param text the literal
     * @param whole the value, clamped to the range of long; null if the literal has a fraction or an exponent
     */
    record Numeral(String text, @Nullable Long whole) implements JsonValue {}

    record Flag(boolean value) implements JsonValue {}

    record Null() implements JsonValue {}

    /**
     * An array.
     *
     * @param source the text of the array, as it was received
     */
    record Array(List<JsonValue> elements, CharSequence source) implements JsonValue {}

    /**
     * An object.
     *
     * @param members the members in the order of the text
     * @param source the text of the object, as it was received
     */
    record Members(Map<String, JsonValue> members, CharSequence source) implements JsonValue {}

    /** Returns the JSON text of this value as it was received, byte for byte. */
    default String sourceText() {
        return switch (this) {
            case Text(var _, var source) when source != null -> source.toString();
            case Array(var _, var source) -> source.toString();
            case Members(var _, var source) -> source.toString();
            case Text _, Numeral _, Flag _, Null _ -> text();
        };
    }

    /** Returns the JSON text of this value, without white space. */
    default String text() {
        return switch (this) {
            case Text(var value, var _) -> JsonObject.quoted(value);
            case Numeral(var text, var _) -> text;
            case Flag(var value) -> Boolean.toString(value);
            case Null() -> "null";
            case Array(var elements, var _) -> {
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
