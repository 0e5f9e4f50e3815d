// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.method;

import dev.gatehouse.cache.CacheCodec;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;

/** The JSON of values of one type, by the mapper of the program. */
public record JsonCodec<T>(JsonMapper json, Argument<T> type) implements CacheCodec<T> {

    @Override
    public byte[] encode(T value) throws IOException {
        return json.writeValueAsBytes(value);
    }

    @Override
    public T decode(byte[] bytes) throws IOException {
        try {
            var value = json.readValue(bytes, type);
            if (value != null) {
                return value;
            }
        } catch (RuntimeException e) {
            throw new IOException("not a " + type.getTypeName(), e);
        }
        throw new IOException("null");
    }
}
