package dev.gatehouse.cache;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of a value, up to {@link #MAX_BYTES}. */
public final class CacheValue {

    /** 200 KiB. */
    public static final int MAX_BYTES = 200 * 1024;

    private final byte[] bytes;

    private CacheValue(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new InvalidCacheRequest("value", "must be at most " + MAX_BYTES + " bytes");
        }
        this.bytes = bytes;
    }

    public static CacheValue of(byte[] bytes) {
        return new CacheValue(bytes.clone());
    }

    /** Returns the UTF-8 of {@code text}. */
    public static CacheValue of(String text) {
        return new CacheValue(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Wraps an array that nobody changes. */
    static CacheValue wrapping(byte[] bytes) {
        return new CacheValue(bytes);
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** Returns the bytes, not a copy. */
    byte[] array() {
        return bytes;
    }

    /** Decodes the bytes as UTF-8. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CacheValue value && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Leaves out the content, which belongs to the caller. */
    @Override
    public String toString() {
        return "CacheValue[" + bytes.length + " bytes]";
    }
}
