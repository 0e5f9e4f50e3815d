package dev.gatehouse.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.telemetry.Utf8;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON text in UTF-8, read strictly: no byte order mark, no invalid or half character, no name twice in an object,
 * nothing after the value, and no deep nesting. Values are {@link Map}, {@link List}, {@link String}, {@link Boolean},
 * {@link Numeral} and null.
 */
final class JsonText {

    /**
     * A number.
     *
     * @param text as it is written
     * @param whole its value, or the end of the scale it lies beyond; null if it has a fraction or exponent
     */
    record Numeral(String text, @Nullable Long whole) {}

    static final String BODY = "body";
    static final String EMPTY = "is empty; it must be a JSON object";

    private static final int DEEPEST = 16;
    private static final int LONGEST_NAME = 64;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNameLength(JsonBody.MAX_BODY_BYTES)
                    .maxNumberLength(100)
                    .build())
            // Names come from callers: a table of them would be theirs to fill.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final Violations violations;

    JsonText(Violations violations) {
        this.violations = violations;
    }

    /** The value of {@code bytes}; whatever is wrong is among the violations afterwards. */
    @Nullable
    Object read(byte[] bytes) {
        try {
            return read(Utf8.text(bytes));
        } catch (CharacterCodingException _) {
            violations.add(BODY, "is not valid UTF-8");
        } catch (StreamConstraintsException _) {
            violations.add(BODY, "nests deeper than " + DEEPEST + " levels or holds a number of over 100 digits");
        } catch (JsonProcessingException e) {
            violations.add(BODY, "is not well-formed JSON" + place(e));
        } catch (IOException e) {
            throw new AssertionError("a string cannot fail to be read", e);
        }
        return null;
    }

    private static String place(JsonProcessingException e) {
        var location = e.getLocation();
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private @Nullable Object read(String text) throws IOException {
        if (text.startsWith("\uFEFF")) {
            violations.add(BODY, "begins with a byte order mark");
            return null;
        }
        try (var parser = JSON.createParser(text.toCharArray())) {
            var first = parser.nextToken();
            if (first == null) {
                violations.add(BODY, EMPTY);
                return null;
            }
            var value = value(parser, first, "");
            if (parser.nextToken() != null) {
                violations.add(BODY, "goes on after its JSON value");
            }
            return value;
        }
    }

    private @Nullable Object value(JsonParser parser, JsonToken token, String path) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser, path);
            case START_ARRAY -> array(parser, path);
            case VALUE_STRING -> wellFormed(parser.getText(), path);
            case VALUE_NUMBER_INT -> new Numeral(parser.getText(), whole(parser));
            case VALUE_NUMBER_FLOAT -> new Numeral(parser.getText(), null);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new AssertionError("no value begins with " + token);
        };
    }

    private Map<String, @Nullable Object> object(JsonParser parser, String path) throws IOException {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            var at = inside(path, name);
            wellFormed(name, at);
            var value = value(parser, parser.nextToken(), at);
            if (fields.containsKey(name)) {
                violations.add(at, "is given twice");
            }
            fields.put(name, value);
        }
        return fields;
    }

    private List<@Nullable Object> array(JsonParser parser, String path) throws IOException {
        var elements = new ArrayList<@Nullable Object>();
        for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            elements.add(value(parser, token, path + "[" + elements.size() + "]"));
        }
        return elements;
    }

    /** The number, or the end of the scale it lies beyond: no bound here reaches so far. */
    private static Long whole(JsonParser parser) throws IOException {
        if (parser.getNumberType() != NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        return parser.getText().startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /** Half of a surrogate pair has no UTF-8: two texts that differ in such would become one. */
    private String wellFormed(String text, String path) {
        if (!HashTag.isWellFormed(text)) {
            violations.add(path.isEmpty() ? BODY : path, "holds half of a surrogate pair");
        }
        return text;
    }

    /** The path of {@code name} inside the object at {@code path}; an overlong name is cut. */
    static String inside(String path, String name) {
        var shown = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
        return path.isEmpty() ? shown : path + "." + shown;
    }
}
