// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A JSON object. Each top-level member keeps the text of its value, with white space, escapes and all digits.
 *
 * @param members JSON texts, by the names of the members; a save keeps them all, but not their order
 */
public record StateValue(Map<String, String> members) {

    /** The maximum {@link #size}: 200 KiB. */
    public static final int MAX_BYTES = 200 * 1024;

    /** The maximum depth of nested objects and arrays, this object included. */
    public static final int MAX_DEPTH = 16;

    /** Quotes, colon and comma. */
    static final int MEMBER_BYTES = 4;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_BYTES)
                    .maxNumberLength(MAX_BYTES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Callers choose the names: a shared table of them could be flooded.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    public StateValue {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /**
     * Parses a JSON object.
     *
     * @throws InvalidArgument of the field {@code value}, unless {@code json} is one well-formed object without duplicate names,
     *     within the bounds of this class
     */
    public static StateValue of(String json) {
        return of("value", json);
    }

    /** Parses a JSON object like {@link #of(String)}, and names {@code field} in errors. */
    public static StateValue of(String field, String json) {
        if (!HashTag.isWellFormed(json)) {
            throw new InvalidArgument(field, "must be well-formed Unicode");
        }
        var members = new LinkedHashMap<String, String>();
        try (var parser = JSON.createParser(json.toCharArray())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidArgument(field, "must be an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                if (!HashTag.isWellFormed(name)) {
                    throw new InvalidArgument(field, "must have names of well-formed Unicode");
                }
                members.put(name, nextValue(parser, json));
            }
            if (parser.nextToken() != null) {
                throw new InvalidArgument(field, "must be one object");
            }
        } catch (IOException _) {
            // The message of the parser quotes the text.
            throw new InvalidArgument(
                    field,
                    "must be a well-formed object, nested at most " + MAX_DEPTH + " deep, without duplicate names");
        }
        var value = new StateValue(members);
        if (value.size() > MAX_BYTES) {
            throw new InvalidArgument(field, "must be at most " + MAX_BYTES + " bytes");
        }
        return value;
    }

    private static String nextValue(JsonParser parser, String json) throws IOException {
        parser.nextToken();
        int from = offset(parser.currentTokenLocation());
        parser.finishToken();
        parser.skipChildren();
        return json.substring(from, offset(parser.currentLocation()));
    }

    private static int offset(JsonLocation location) {
        return Math.toIntExact(location.getCharOffset());
    }

    /** Returns the JSON text of the object. */
    public String json() {
        var json = new StringJoiner(",", "{", "}");
        members.forEach((name, value) ->
                json.add('"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(name)) + "\":" + value));
        return json.toString();
    }

    /** Returns the length in bytes: of all names, all values and {@value #MEMBER_BYTES} for each member. */
    public int size() {
        return members.entrySet().stream()
                .mapToInt(member -> size(member.getKey(), member.getValue()))
                .sum();
    }

    static int size(String name, String value) {
        return bytes(name).length + bytes(value).length + MEMBER_BYTES;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Leaves out the content, which belongs to the caller. */
    @Override
    public String toString() {
        return "StateValue[" + members.size() + " members]";
    }
}
