// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Converts values of one type to JSON and back. Thread-safe. */
public interface CacheCodec<T> {

    /**
     * Encodes {@code value} as one JSON value in UTF-8. Callers over HTTP get these bytes unchanged.
     *
     * @throws IOException if {@code value} has no JSON form; the value is then not stored
     */
    byte[] encode(T value) throws IOException;

    /**
     * Decodes a value from its JSON form.
     *
     * @throws IOException if {@code json} has another form, such as that of an earlier release. The value is then loaded
     *     again
     */
    T decode(byte[] json) throws IOException;

    /**
     * Returns a codec that also caches the absence of a value, as the JSON {@code null}. Without it, a load that returns null
     * stores nothing, and each caller that waits loads in turn.
     */
    default CacheCodec<Optional<T>> optional() {
        var absent = "null".getBytes(StandardCharsets.US_ASCII);
        return new CacheCodec<>() {
            @Override
            public byte[] encode(Optional<T> value) throws IOException {
                return value.isEmpty() ? absent : CacheCodec.this.encode(value.get());
            }

            @Override
            public Optional<T> decode(byte[] json) throws IOException {
                return Arrays.equals(json, absent) ? Optional.empty() : Optional.of(CacheCodec.this.decode(json));
            }
        };
    }
}
