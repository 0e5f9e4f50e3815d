package dev.gatehouse.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@link JsonText} has read, as it is kept. */
final class KeptJson {

    private KeptJson() {}

    /** The members of an object. */
    static Map<String, JsonValue> of(Map<?, ?> read) {
        var members = new LinkedHashMap<String, JsonValue>();
        read.forEach((name, value) -> members.put((String) name, value(value)));
        return members;
    }

    private static JsonValue value(@Nullable Object read) {
        return read instanceof Map<?, ?> members
                ? new JsonValue.Members(of(members))
                : new JsonValue.Opaque(text(read));
    }

    private static String text(@Nullable Object read) {
        return switch (read) {
            case null -> "null";
            case String text -> JsonObject.quoted(text);
            case JsonText.Numeral number -> number.text();
            case List<?> elements -> elements.stream().map(KeptJson::text).collect(Collectors.joining(",", "[", "]"));
            case Map<?, ?> members -> {
                var object = new JsonObject();
                members.forEach((name, value) -> object.withJson((String) name, text(value)));
                yield object.text();
            }
            case Object flag -> flag.toString();
        };
    }
}
