// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.codec.Deflate;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The bytes of a value, up to {@link #MAX_BYTES}. Immutable. */
public final class CacheValue {

    /** 200 KiB. */
    public static final int MAX_BYTES = 200 * 1024;

    private final byte[] bytes;

    private CacheValue(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new InvalidArgument("value", "must be at most " + MAX_BYTES + " bytes");
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

    /** Decodes the form that {@link #stored} returns; empty if it is malformed. */
    static Optional<CacheValue> ofStored(byte[] stored) {
        var in = ByteBuffer.wrap(stored);
        if (in.remaining() < Integer.BYTES) {
            return Optional.empty();
        }
        int length = in.getInt();
        if (length < in.remaining() || length > MAX_BYTES) {
            return Optional.empty();
        }
        var bytes = new byte[in.remaining()];
        in.get(bytes);
        try {
            return Optional.of(new CacheValue(length == bytes.length ? bytes : Deflate.original(bytes, length)));
        } catch (Deflate.Malformed e) {
            return Optional.empty();
        }
    }

    /** Returns the stored form: the length of the value, then its bytes, deflated if that makes them smaller. */
    byte[] stored() {
        var compressed = Deflate.compressed(bytes);
        return ByteBuffer.allocate(Integer.BYTES + compressed.length)
                .putInt(bytes.length)
                .put(compressed)
                .array();
    }

    public byte[] bytes() {
        return bytes.clone();
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
