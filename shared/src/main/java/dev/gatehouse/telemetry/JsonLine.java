package dev.gatehouse.telemetry;

import java.util.List;

/**
 * One JSON object on one line, written as it is told. What a function says early in its life is written with this, lines of
 * logs and metrics and the authorizer's answers, since no JSON library should be loaded for them.
 */
public final class JsonLine {

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder text = new StringBuilder(512).append('{');
    private boolean follows;

    /** A member that is a text. */
    public JsonLine text(String name, CharSequence value) {
        name(name);
        quote(value);
        return this;
    }

    /** A member that is a number. */
    public JsonLine number(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    /** A member that is a number of thousandths, as the milliseconds of so many microseconds. */
    public JsonLine thousandths(String name, long value) {
        name(name);
        thousandths(value);
        return this;
    }

    /** A member that is an array of numbers, at least one, each in thousandths. */
    public JsonLine thousandths(String name, List<Long> values) {
        name(name);
        text.append('[');
        for (var value : values) {
            thousandths(value);
            text.append(',');
        }
        text.setCharAt(text.length() - 1, ']');
        return this;
    }

    /** A member that is true or false. */
    public JsonLine flag(String name, boolean value) {
        name(name);
        text.append(value);
        return this;
    }

    /** A member that is JSON already. */
    public JsonLine json(String name, CharSequence value) {
        name(name);
        text.append(value);
        return this;
    }

    /** A member that is an object. */
    public JsonLine json(String name, JsonLine value) {
        return json(name, value.toString());
    }

    /** The object, without an end of line. */
    @Override
    public String toString() {
        return text.toString().concat("}");
    }

    private void name(String name) {
        if (follows) {
            text.append(',');
        }
        follows = true;
        quote(name);
        text.append(':');
    }

    private void thousandths(long value) {
        if (value < 0) {
            text.append('-');
        }
        text.append(Math.abs(value / 1_000));
        var rest = (int) Math.abs(value % 1_000);
        if (rest != 0) {
            text.append('.').append((char) ('0' + rest / 100));
            text.append((char) ('0' + rest / 10 % 10)).append((char) ('0' + rest % 10));
        }
    }

    private void quote(CharSequence value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            append(value.charAt(i));
        }
        text.append('"');
    }

    private void append(char c) {
        switch (c) {
            case '"', '\\' -> text.append('\\').append(c);
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> {
                // A half of a pair alone is no text that UTF-8 can carry, so it is written as a number.
                if (c >= ' ' && c != 0x7f && !Character.isSurrogate(c)) {
                    text.append(c);
                } else {
                    escape(c);
                }
            }
        }
    }

    private void escape(char c) {
        text.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            text.append(HEX[c >> shift & 0xf]);
        }
    }
}
