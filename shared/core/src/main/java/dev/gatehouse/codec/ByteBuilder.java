// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds an array of bytes, without the locks of the JDK's {@code ByteArrayOutputStream}. Not thread-safe. */
public final class ByteBuilder {

    private byte[] bytes;
    private int size;

    /** @param room the initial capacity */
    public ByteBuilder(int room) {
        this.bytes = new byte[room];
    }

    /** Appends the lowest eight bits of {@code one}. */
    public ByteBuilder put(int one) {
        room(1);
        bytes[size++] = (byte) one;
        return this;
    }

    public ByteBuilder put(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
        return this;
    }

    /** Appends {@code text} in UTF-8. */
    public ByteBuilder put(String text) {
        return put(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
