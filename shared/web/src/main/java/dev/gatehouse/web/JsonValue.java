package dev.gatehouse.web;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A JSON value of any kind that is kept and told again, and not read: as it was written, but for white space and for how
 * characters are escaped, so that no number loses a digit.
 */
public sealed interface JsonValue {

    /**
     * An object.
     *
     * @param members in the order of the body
     */
    record Members(Map<String, JsonValue> members) implements JsonValue {
        public Members {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    /**
     * A text, number, truth value, null or array.
     *
     * @param json its JSON text
     */
    record Opaque(String json) implements JsonValue {}
}
