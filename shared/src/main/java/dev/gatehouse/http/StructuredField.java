package dev.gatehouse.http;

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

    /** This item with one parameter more. */
    public StructuredField with(String parameter, long value) {
        return new StructuredField(text + ";" + parameter + "=" + value);
    }

    @Override
    public String toString() {
        return text;
    }
}
