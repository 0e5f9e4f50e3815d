package dev.gatehouse.ratelimit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Values one after the other in MessagePack, which scripts read with {@code cmsgpack.unpack}. */
final class Packed {

    private byte[] bytes = new byte[128];
    private int size;

    /** Adds a whole number, 0 or more. */
    Packed add(long number) {
        if (number < 0x80) {
            room(1);
            bytes[size++] = (byte) number; // positive fixint
            return this;
        }
        room(9);
        bytes[size++] = (byte) 0xcf; // uint 64
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (number >>> shift);
        }
        return this;
    }

    Packed add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a text, of at most 255 bytes. */
    Packed add(byte[] text) {
        if (text.length > 255) {
            throw new IllegalArgumentException("longer than 255 bytes");
        }
        room(2 + text.length);
        bytes[size++] = (byte) 0xd9; // str 8
        bytes[size++] = (byte) text.length;
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
        return this;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
