package dev.gatehouse.web;

import org.jspecify.annotations.Nullable;

/** An item of a structured header field after RFC 9651: a string and its parameters. */
public record StructuredField(String text) {

    /** The string {@code value}; characters that such a string cannot hold are left out. */
    public static StructuredField string(String value) {
        var quoted = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                quoted.append(c);
            }
        }
        return new StructuredField(quoted.append('"').toString());
    }

    /**
     * The string that {@code field} holds: without its quotes, or all of it where it begins with none, for many callers
     * leave them out. Null if there is no end to the quotes, or something after it.
     */
    public static @Nullable String stringOf(String field) {
        var item = field.strip();
        if (!item.startsWith("\"")) {
            return item;
        }
        var unquoted = new StringBuilder(item.length());
        for (int i = 1; i < item.length(); i++) {
            var c = item.charAt(i);
            if (c == '"') {
                return i == item.length() - 1 ? unquoted.toString() : null;
            }
            if (c == '\\') {
                i++;
                if (i == item.length() || (item.charAt(i) != '"' && item.charAt(i) != '\\')) {
                    return null;
                }
            }
            unquoted.append(item.charAt(i));
        }
        return null;
    }

    /** This item with one parameter more. */
    public StructuredField with(String parameter, long value) {
        return new StructuredField(text + ";" + parameter + "=" + value);
    }

    @Override
    public String toString() {
        return text;
    }
}
