package dev.gatehouse.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Converts values of one type to JSON and back. Thread-safe. */
public interface CacheCodec<T> {

    /**
     * Returns one JSON value in UTF-8, because callers over HTTP get these bytes as they are.
     *
     * @throws IOException if {@code value} has no JSON form; the value is then not stored
     */
    byte[] encode(T value) throws IOException;

    /**
     * Returns the value of its JSON form.
     *
     * @throws IOException if {@code json} is of another form, for example that of an earlier release; the value is then
     *     loaded anew
     */
    T decode(byte[] json) throws IOException;

    /**
     * Returns a codec of values that may be absent, which caches the absence: an empty one is the JSON {@code null}. Without
     * it, a load that returns null stores nothing, and each caller that waits loads in turn.
     */
    default CacheCodec<Optional<T>> optional() {
        var nothing = "null".getBytes(StandardCharsets.US_ASCII);
        return new CacheCodec<>() {
            @Override
            public byte[] encode(Optional<T> value) throws IOException {
                return value.isEmpty() ? nothing : CacheCodec.this.encode(value.get());
            }

            @Override
            public Optional<T> decode(byte[] json) throws IOException {
                return Arrays.equals(json, nothing) ? Optional.empty() : Optional.of(CacheCodec.this.decode(json));
            }
        };
    }
}
