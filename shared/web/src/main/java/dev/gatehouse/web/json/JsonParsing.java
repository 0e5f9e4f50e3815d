// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.telemetry.Utf8;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Parses one JSON text strictly. Rejects a byte order mark, invalid UTF-8, unpaired surrogates, duplicate names, text
 * after the value, nesting deeper than {@value #MAX_DEPTH} levels and numbers of over {@value #MAX_DIGITS} characters.
 */
final class JsonParsing {

    private static final int MAX_DEPTH = 16;
    private static final int MAX_DIGITS = 100;
    private static final JsonValue NULL = new JsonValue.Null();
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(JsonBinder.MAX_BODY_BYTES)
                    .maxNumberLength(MAX_DIGITS)
                    .build())
            // Callers choose the names: a shared table of them could be flooded.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final ViolationCollector violations;
    private String text = "";
    private boolean hasEscapes;

    private JsonParsing(ViolationCollector violations) {
        this.violations = violations;
    }

    /** Returns the value of {@code bytes}; null after adding a violation if there is no readable value. */
    static @Nullable JsonValue parse(byte[] bytes, ViolationCollector violations) {
        return new JsonParsing(violations).parse(bytes);
    }

    private @Nullable JsonValue parse(byte[] bytes) {
        try {
            text = Utf8.text(bytes);
            hasEscapes = text.indexOf('\\') >= 0;
            return parse();
        } catch (CharacterCodingException _) {
            violations.add("", "is not valid UTF-8");
        } catch (StreamConstraintsException _) {
            violations.add(
                    "", "nests deeper than " + MAX_DEPTH + " levels or has a number of over " + MAX_DIGITS + " digits");
        } catch (JsonProcessingException e) {
            var location = e.getLocation();
            var place =
                    location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
            violations.add("", "is not well-formed JSON" + place);
        } catch (IOException e) {
            throw new AssertionError("reading from memory cannot fail", e);
        }
        return null;
    }

    private @Nullable JsonValue parse() throws IOException {
        if (text.startsWith("\uFEFF")) {
            violations.add("", "begins with a byte order mark");
            return null;
        }
        try (var parser = JSON.createParser(text.toCharArray())) {
            var first = parser.nextToken();
            if (first == null) {
                violations.add("", JsonBinder.EMPTY);
                return null;
            }
            var value = value(parser, first);
            if (parser.nextToken() != null) {
                violations.add("", "continues after its JSON value");
            }
            return value;
        }
    }

    private JsonValue value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> string(parser);
            case VALUE_NUMBER_INT -> new JsonValue.Numeral(parser.getText(), whole(parser));
            case VALUE_NUMBER_FLOAT -> new JsonValue.Numeral(parser.getText(), null);
            case VALUE_TRUE -> new JsonValue.Flag(true);
            case VALUE_FALSE -> new JsonValue.Flag(false);
            case VALUE_NULL -> NULL;
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new AssertionError("no value begins with " + token);
        };
    }

    private JsonValue object(JsonParser parser) throws IOException {
        int from = offset(parser.currentTokenLocation());
        var members = new LinkedHashMap<String, JsonValue>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = wellFormed(parser.currentName(), parser);
            var value = value(parser, parser.nextToken());
            if (members.put(name, value) != null) {
                violations.add(path(parser), "is given twice");
            }
        }
        return new JsonValue.Members(members, source(parser, from));
    }

    /** Returns the text from an offset to the end of the current token: a view, which is copied only where it is used. */
    private CharSequence source(JsonParser parser, int from) {
        return CharBuffer.wrap(text, from, offset(parser.currentLocation()));
    }

    private JsonValue string(JsonParser parser) throws IOException {
        var value = wellFormed(parser.getText(), parser);
        return hasEscapes
                ? new JsonValue.Text(value, source(parser, offset(parser.currentTokenLocation())))
                : new JsonValue.Text(value);
    }

    private static int offset(JsonLocation location) {
        return Math.toIntExact(location.getCharOffset());
    }

    private JsonValue array(JsonParser parser) throws IOException {
        int from = offset(parser.currentTokenLocation());
        var elements = new ArrayList<JsonValue>();
        for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            elements.add(value(parser, token));
        }
        return new JsonValue.Array(elements, source(parser, from));
    }

    /** Returns the number, clamped to the range of long: no bound of any member reaches so far. */
    private static Long whole(JsonParser parser) throws IOException {
        if (parser.getNumberType() != NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        return parser.getText().startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /**
     * Rejects an unpaired surrogate. It has no UTF-8, so two texts that differ only in surrogates would become equal.
     */
    private String wellFormed(String text, JsonParser parser) {
        if (!HashTag.isWellFormed(text)) {
            violations.add(path(parser), "has an unpaired surrogate");
        }
        return text;
    }

    private static String path(JsonParser parser) {
        var path = "";
        for (JsonStreamContext at = parser.getParsingContext(); !at.inRoot(); at = at.getParent()) {
            path = at.inArray()
                    ? "[" + at.getCurrentIndex() + "]" + path
                    : "." + ViolationCollector.cut(at.getCurrentName()) + path;
        }
        return path.startsWith(".") ? path.substring(1) : path;
    }
}
