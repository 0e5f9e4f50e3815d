package dev.gatehouse.telemetry;

import dev.gatehouse.codec.ByteBuilder;
import dev.gatehouse.redis.HashTag;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Builds one JSON object on one line, in UTF-8, with the members in the order of the calls. It writes log lines, metrics
 * and responses to Lambda, because loading a JSON library would slow the cold start.
 */
public final class JsonLine {

    private static final char[] HEX = "0123456789abcdef".toCharArray();
    /** Marks the bytes that need no escape. The question mark is excluded: the JDK writes it for a lone surrogate. */
    private static final boolean[] PLAIN = plain();

    private final ByteBuilder bytes;

    public JsonLine() {
        this(512);
    }

    /** @param room the initial capacity in bytes */
    public JsonLine(int room) {
        bytes = new ByteBuilder(room).put('{');
    }

    /** Adds a string member. */
    public JsonLine text(String name, CharSequence value) {
        name(name);
        quote(value.toString());
        return this;
    }

    /** Adds a member that is an array of strings. */
    public JsonLine texts(String name, List<String> values) {
        name(name);
        bytes.put('[');
        for (var value : values) {
            quote(value);
            bytes.put(',');
        }
        return endArray(values);
    }

    /** Adds a number member. */
    public JsonLine number(String name, long value) {
        name(name);
        bytes.put(Long.toString(value));
        return this;
    }

    /** Adds a number member given in thousandths, such as milliseconds given in microseconds. */
    public JsonLine thousandths(String name, long value) {
        name(name);
        thousandths(value);
        return this;
    }

    /** Adds a member that is an array of numbers, each given in thousandths. */
    public JsonLine thousandths(String name, List<Long> values) {
        name(name);
        bytes.put('[');
        for (var value : values) {
            thousandths(value);
            bytes.put(',');
        }
        return endArray(values);
    }

    /** Adds a boolean member. */
    public JsonLine flag(String name, boolean value) {
        name(name);
        bytes.put(Boolean.toString(value));
        return this;
    }

    /** Adds a member whose value is JSON text. */
    public JsonLine json(String name, CharSequence value) {
        name(name);
        bytes.put(value.toString());
        return this;
    }

    /** Adds a member whose value is JSON text in UTF-8. */
    public JsonLine json(String name, byte[] value) {
        name(name);
        bytes.put(value);
        return this;
    }

    /** Adds a member that is an object. */
    public JsonLine json(String name, JsonLine value) {
        name(name);
        bytes.put(value.bytes).put('}');
        return this;
    }

    /** Returns the object, without a line separator. */
    @Override
    public String toString() {
        return bytes.toString().concat("}");
    }

    /** Writes the object, without a line separator. */
    public void writeTo(OutputStream out) throws IOException {
        bytes.put('}').writeTo(out);
        bytes.shorten(bytes.size() - 1);
    }

    /** Writes the object and a line separator in a single write. */
    public void writeLineTo(OutputStream out) throws IOException {
        bytes.put('}').put('\n').writeTo(out);
        bytes.shorten(bytes.size() - 2);
    }

    /** Replaces the comma after the last value by the end of the array. */
    private JsonLine endArray(List<?> values) {
        if (!values.isEmpty()) {
            bytes.shorten(bytes.size() - 1);
        }
        bytes.put(']');
        return this;
    }

    private void name(String name) {
        if (bytes.size() > 1) {
            bytes.put(',');
        }
        quote(name);
        bytes.put(':');
    }

    private void thousandths(long value) {
        if (value < 0) {
            bytes.put('-');
        }
        bytes.put(Long.toString(Math.abs(value / 1_000)));
        var rest = (int) Math.abs(value % 1_000);
        if (rest != 0) {
            bytes.put('.');
            bytes.put((char) ('0' + rest / 100));
            bytes.put((char) ('0' + rest / 10 % 10));
            bytes.put((char) ('0' + rest % 10));
        }
    }

    private void quote(String value) {
        bytes.put('"');
        var text = value.getBytes(StandardCharsets.UTF_8);
        int plain = plainFrom(text, 0);
        if (plain == text.length) {
            bytes.put(text);
        } else if (HashTag.isWellFormed(value)) {
            escapeFrom(text, plain);
        } else {
            quoteHalves(value);
        }
        bytes.put('"');
    }

    /** Returns the index of the first byte from {@code from} on that needs an escape, or the length. */
    private static int plainFrom(byte[] text, int from) {
        int i = from;
        while (i < text.length && PLAIN[text[i] & 0xff]) {
            i++;
        }
        return i;
    }

    /** @param plain the number of bytes at the beginning that need no escape */
    private void escapeFrom(byte[] text, int plain) {
        int from = 0;
        int to = plain;
        while (to < text.length) {
            bytes.put(text, from, to);
            escape((char) text[to]);
            from = to + 1;
            to = plainFrom(text, from);
        }
        bytes.put(text, from, to);
    }

    /**
     * Writes a text with a lone surrogate, and escapes all its surrogates. UTF-8 cannot encode a lone one, and the JDK
     * would write a question mark for it.
     */
    private void quoteHalves(String value) {
        for (int i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (Character.isSurrogate(c)) {
                number(c);
            } else if (c < 0x80 && !PLAIN[c]) {
                escape(c);
            } else {
                bytes.put(Character.toString(c));
            }
        }
    }

    private void escape(char c) {
        switch (c) {
            case '?' -> bytes.put(c);
            case '"', '\\' -> {
                bytes.put('\\');
                bytes.put(c);
            }
            case '\n' -> bytes.put("\\n");
            case '\r' -> bytes.put("\\r");
            case '\t' -> bytes.put("\\t");
            default -> number(c);
        }
    }

    private void number(char c) {
        bytes.put("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes.put(HEX[c >> shift & 0xf]);
        }
    }

    private static boolean[] plain() {
        var plain = new boolean[256];
        Arrays.fill(plain, ' ', plain.length, true);
        for (var c : "\"\\?\u007f".toCharArray()) {
            plain[c] = false;
        }
        return plain;
    }
}
