// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.codec;

import java.nio.charset.StandardCharsets;

/**
 * Writes values in MessagePack, which scripts read with {@code cmsgpack.unpack}. Texts and maps take as many bytes as when
 * a script packs them.
 */
public final class MessagePackWriter {

    private final ByteBuilder bytes = new ByteBuilder(128);

    /** Adds a whole number. */
    public MessagePackWriter add(long number) {
        if (number >= 0 && number < 0x80) {
            bytes.put((int) number); // positive fixint
        } else {
            head(0xd3, 8, number); // int 64
        }
        return this;
    }

    /** Adds a text in UTF-8. */
    public MessagePackWriter add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a text of any bytes. */
    public MessagePackWriter add(byte[] text) {
        if (text.length < 0x20) {
            head(0xa0 | text.length, 0, 0); // fixstr
        } else if (text.length <= 0xff) {
            head(0xd9, 1, text.length); // str 8
        } else if (text.length <= 0xffff) {
            head(0xda, 2, text.length); // str 16
        } else {
            head(0xdb, 4, text.length); // str 32
        }
        bytes.put(text);
        return this;
    }

    /** Begins a map of {@code members} names, each to be followed by its value. */
    public MessagePackWriter addMap(int members) {
        if (members < 0x10) {
            head(0x80 | members, 0, 0); // fixmap
        } else if (members <= 0xffff) {
            head(0xde, 2, members); // map 16
        } else {
            head(0xdf, 4, members); // map 32
        }
        return this;
    }

    /** Returns all values. */
    public byte[] bytes() {
        return bytes.toArray();
    }

    /** Writes a byte for the kind, then {@code number} in {@code width} bytes. */
    private void head(int kind, int width, long number) {
        bytes.put(kind);
        for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
            bytes.put((int) (number >>> shift));
        }
    }
}
