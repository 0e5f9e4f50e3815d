package dev.gatehouse.web;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/**
 * A JSON object that is being written, member after member; for answers that tell JSON as it was given, which a
 * serializer would read as numbers and write as others. Not thread-safe.
 */
public final class JsonObject {

    private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();

    private final StringBuilder members = new StringBuilder();

    /** {@code value} as a JSON text. */
    public static String quoted(String value) {
        var json = new StringBuilder(value.length() + 2).append('"');
        ENCODER.quoteAsString(value, json);
        return json.append('"').toString();
    }

    /** With one member more, a text. */
    public JsonObject with(String name, String value) {
        return withJson(name, quoted(value));
    }

    /** With one member more, a whole number. */
    public JsonObject with(String name, long value) {
        return withJson(name, Long.toString(value));
    }

    /** With one member more, true or false. */
    public JsonObject with(String name, boolean value) {
        return withJson(name, Boolean.toString(value));
    }

    /** With one member more, whose value is what {@code json} says. */
    public JsonObject withJson(String name, String json) {
        if (!members.isEmpty()) {
            members.append(',');
        }
        members.append(quoted(name)).append(':').append(json);
        return this;
    }

    /** It with the members that were given so far. */
    public String text() {
        return "{" + members + "}";
    }
}
