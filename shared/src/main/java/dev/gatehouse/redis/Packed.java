package dev.gatehouse.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Values one after the other in MessagePack, which scripts read with {@code cmsgpack.unpack}. Texts and maps take as many
 * bytes as where a script packs them.
 */
public final class Packed {

    private byte[] bytes = new byte[128];
    private int size;

    /** Adds a whole number, 0 or more. */
    public Packed add(long number) {
        if (number < 0x80) {
            room(1);
            bytes[size++] = (byte) number; // positive fixint
            return this;
        }
        head(0xcf, 8, number); // uint 64
        return this;
    }

    /** Adds a text in UTF-8. */
    public Packed add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a text of any bytes. */
    public Packed add(byte[] text) {
        if (text.length < 0x20) {
            head(0xa0 | text.length, 0, 0); // fixstr
        } else if (text.length <= 0xff) {
            head(0xd9, 1, text.length); // str 8
        } else if (text.length <= 0xffff) {
            head(0xda, 2, text.length); // str 16
        } else {
            head(0xdb, 4, text.length); // str 32
        }
        room(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
        return this;
    }

    /** Begins a map: so many names, each followed by its value, are to be added next. */
    public Packed addMap(int members) {
        if (members < 0x10) {
            head(0x80 | members, 0, 0); // fixmap
        } else if (members <= 0xffff) {
            head(0xde, 2, members); // map 16
        } else {
            head(0xdf, 4, members); // map 32
        }
        return this;
    }

    /** All of them. */
    public byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** A byte that tells the kind, and after it a number in so many bytes. */
    private void head(int kind, int width, long number) {
        room(1 + width);
        bytes[size++] = (byte) kind;
        for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (number >>> shift);
        }
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
