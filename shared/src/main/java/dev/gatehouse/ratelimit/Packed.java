package dev.gatehouse.ratelimit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Values one after the other in MessagePack, which scripts read with {@code cmsgpack.unpack}. */
final class Packed {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

    /** @param number 0 or more */
    Packed add(long number) {
        if (number < 0x80) {
            bytes.write((int) number); // positive fixint
            return this;
        }
        bytes.write(0xcf); // uint 64
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes.write((int) (number >>> shift));
        }
        return this;
    }

    Packed add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param text of at most 255 bytes */
    Packed add(byte[] text) {
        if (text.length > 255) {
            throw new IllegalArgumentException("longer than 255 bytes");
        }
        bytes.write(0xd9); // str 8
        bytes.write(text.length);
        bytes.writeBytes(text);
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
