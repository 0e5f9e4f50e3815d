package dev.gatehouse.cache;

import dev.gatehouse.codec.Deflate;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The stored form of a value: the length of the value, then its bytes, deflated if that makes them smaller. */
final class StoredValue {

    private StoredValue() {}

    static byte[] of(CacheValue value) {
        var bytes = Deflate.compressed(value.array());
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .putInt(value.size())
                .put(bytes)
                .array();
    }

    /** Returns the value of its stored form; empty if {@link #of} did not write it. */
    static Optional<CacheValue> read(byte[] stored) {
        var in = ByteBuffer.wrap(stored);
        if (in.remaining() < Integer.BYTES) {
            return Optional.empty();
        }
        int length = in.getInt();
        if (length < in.remaining() || length > CacheValue.MAX_BYTES) {
            return Optional.empty();
        }
        var bytes = new byte[in.remaining()];
        in.get(bytes);
        try {
            return Optional.of(CacheValue.wrapping(length == bytes.length ? bytes : Deflate.original(bytes, length)));
        } catch (Deflate.Malformed e) {
            return Optional.empty();
        }
    }
}
