package dev.gatehouse.functions.authorizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object of an event. What is not there, or of another type than it should be, is as if it were not there. */
record Json(Map<String, @Nullable Object> members) {

    private static final JsonFactory JSON = JsonFactory.builder()
            // Names come from callers: a table of them would be theirs to fill.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final Json EMPTY = new Json(Map.of());

    /** Reads {@code bytes}; null if they are no JSON object. */
    static @Nullable Json read(byte[] bytes) {
        try (var parser = JSON.createParser(bytes)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? new Json(object(parser)) : null;
        } catch (IOException _) {
            return null;
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            // Nothing that is read is a number, a truth value or null.
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

    boolean has(String name) {
        return members.containsKey(name);
    }

    @Nullable
    String text(String name) {
        return members.get(name) instanceof String text ? text : null;
    }

    /** The object of that name; an empty one where there is none. */
    @SuppressWarnings("unchecked") // As they are made above.
    Json object(String name) {
        return members.get(name) instanceof Map<?, ?> object ? new Json((Map<String, @Nullable Object>) object) : EMPTY;
    }

    /** The texts of an array of that name, or the one text that stands in its place. */
    List<String> texts(String name) {
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
}
