package dev.gatehouse.codec;

import java.io.IOException;
import java.io.OutputStream;
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

    /** The number of bytes. */
    public int size() {
        return size;
    }

    /** Removes all but the first {@code size} bytes. */
    public void shorten(int size) {
        this.size = size;
    }

    /** Appends the lowest eight bits of {@code one}. */
    public ByteBuilder put(int one) {
        room(1);
        bytes[size++] = (byte) one;
        return this;
    }

    public ByteBuilder put(byte[] more) {
        return put(more, 0, more.length);
    }

    /** Appends the bytes from {@code from} to {@code to}, exclusive. */
    public ByteBuilder put(byte[] more, int from, int to) {
        room(to - from);
        System.arraycopy(more, from, bytes, size, to - from);
        size += to - from;
        return this;
    }

    /** Appends {@code text} in UTF-8. */
    public ByteBuilder put(String text) {
        return put(text.getBytes(StandardCharsets.UTF_8));
    }

    public ByteBuilder put(ByteBuilder more) {
        return put(more.bytes, 0, more.size);
    }

    public byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    /** Decodes the bytes as UTF-8. */
    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
