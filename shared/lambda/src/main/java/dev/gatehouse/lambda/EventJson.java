// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.gatehouse.telemetry.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object in an event. A member counts as absent if its type is not the expected one or it is a number. */
public record EventJson(Map<String, @Nullable Object> members) {

    private static final JsonFactory JSON = JsonFactory.builder()
            // Callers choose names, and could fill a table of them.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final EventJson EMPTY = new EventJson(Map.of());

    /** Parses {@code bytes}; null if they are not a JSON object. */
    public static @Nullable EventJson read(byte[] bytes) {
        try (var parser = JSON.createParser(Utf8.text(bytes).toCharArray())) {
            return parser.nextToken() == JsonToken.START_OBJECT ? new EventJson(object(parser)) : null;
        } catch (IOException _) {
            return null;
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        var members = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        var elements = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return elements;
    }

    /** Returns whether the member is present, even as null. */
    public boolean has(String name) {
        return members.containsKey(name);
    }

    /** Returns the text; null if absent. */
    public @Nullable String text(String name) {
        return members.get(name) instanceof String text ? text : null;
    }

    /** Returns the object; an empty one if absent. */
    @SuppressWarnings("unchecked") // Created above.
    public EventJson object(String name) {
        return members.get(name) instanceof Map<?, ?> object
                ? new EventJson((Map<String, @Nullable Object>) object)
                : EMPTY;
    }

    /** Returns the texts of an array, or the one text in its place. */
    public List<String> texts(String name) {
        return switch (members.get(name)) {
            case String text -> List.of(text);
            case List<?> array ->
                array.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList();
            case null, default -> List.of();
        };
    }

    /** Returns whether the member is true. */
    public boolean isTrue(String name) {
        return Boolean.TRUE.equals(members.get(name));
    }
}
