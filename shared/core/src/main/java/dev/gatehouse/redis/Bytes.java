package dev.gatehouse.redis;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes, one after the other, as many as are put; without the locks of the JDK's own. */
public final class Bytes {

    private byte[] bytes;
    private int size;

    /** @param room for so many at first */
    public Bytes(int room) {
        this.bytes = new byte[room];
    }

    /** How many they are. */
    public int size() {
        return size;
    }

    /** Takes back all but the first {@code size}. */
    public void shorten(int size) {
        this.size = size;
    }

    /** The lowest eight bits of {@code one}. */
    public Bytes put(int one) {
        room(1);
        bytes[size++] = (byte) one;
        return this;
    }

    public Bytes put(byte[] more) {
        return put(more, 0, more.length);
    }

    /** Those from {@code from} up to {@code to}, without it. */
    public Bytes put(byte[] more, int from, int to) {
        room(to - from);
        System.arraycopy(more, from, bytes, size, to - from);
        size += to - from;
        return this;
    }

    /** {@code text} in UTF-8. */
    public Bytes put(String text) {
        return put(text.getBytes(StandardCharsets.UTF_8));
    }

    public Bytes put(Bytes more) {
        return put(more.bytes, 0, more.size);
    }

    public byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    /** The text that they are in UTF-8. */
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
