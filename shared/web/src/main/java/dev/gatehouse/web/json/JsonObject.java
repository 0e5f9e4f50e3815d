// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/**
 * Writes a JSON object, member by member; for responses with JSON as it was received, whose numbers a serializer would
 * change. Not thread-safe.
 */
public final class JsonObject {

    private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();

    private final StringBuilder members = new StringBuilder();

    /** Returns {@code value} as a JSON string, with its quotes. */
    public static String quoted(String value) {
        var json = new StringBuilder(value.length() + 2).append('"');
        ENCODER.quoteAsString(value, json);
        return json.append('"').toString();
    }

    /** Adds a string. */
    public JsonObject with(String name, String value) {
        return withJson(name, quoted(value));
    }

    /** Adds a whole number. */
    public JsonObject with(String name, long value) {
        return withJson(name, Long.toString(value));
    }

    /** Adds true or false. */
    public JsonObject with(String name, boolean value) {
        return withJson(name, Boolean.toString(value));
    }

    /** Adds a value that is JSON already. */
    public JsonObject withJson(String name, String json) {
        if (!members.isEmpty()) {
            members.append(',');
        }
        members.append(quoted(name)).append(':').append(json);
        return this;
    }

    /** Returns the object with the members so far. */
    public String text() {
        return "{" + members + "}";
    }
}
