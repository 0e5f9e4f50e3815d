// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import org.jspecify.annotations.Nullable;

/** An item of a structured header field after RFC 9651: a string and its parameters. */
public record StructuredField(String text) {

    /** Returns the string {@code value}, without the characters that a structured string cannot have. */
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
     * Returns the string of {@code field}: unquoted, or the whole field if it has no quotes, which many callers leave out.
     * Null if the quotes are not closed, or more follows them.
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

    /** Returns this item with one more parameter. */
    public StructuredField with(String parameter, long value) {
        return new StructuredField(text + ";" + parameter + "=" + value);
    }

    @Override
    public String toString() {
        return text;
    }
}
