// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import io.micronaut.core.annotation.Order;
import io.micronaut.core.io.buffer.ByteBuffer;
import io.micronaut.core.io.buffer.ReferenceCounted;
import io.micronaut.core.order.Ordered;
import io.micronaut.core.type.Argument;
import io.micronaut.core.type.Headers;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.body.MessageBodyReader;
import io.micronaut.http.codec.CodecException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Passes the {@link JsonRecord} of the body to controllers. Throws {@link InvalidRequest} for a body that breaks its rules. */
@Singleton
@Order(Ordered.HIGHEST_PRECEDENCE)
@Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
final class JsonRecordReader<T> implements MessageBodyReader<T> {

    @Override
    public boolean isReadable(Argument<T> type, @Nullable MediaType mediaType) {
        var body = type.getType();
        return (body.isSealed() ? body.getPermittedSubclasses()[0] : body).isAnnotationPresent(JsonRecord.class);
    }

    @Override
    public T read(Argument<T> type, @Nullable MediaType mediaType, Headers headers, ByteBuffer<?> body) {
        var bound = JsonBinder.bind(type.getType(), body.toByteArray());
        // A buffer whose reading failed is released by the caller.
        if (body instanceof ReferenceCounted counted) {
            counted.release();
        }
        return bound;
    }

    @Override
    public T read(Argument<T> type, @Nullable MediaType mediaType, Headers headers, InputStream body) {
        try {
            return JsonBinder.bind(type.getType(), body.readAllBytes());
        } catch (IOException e) {
            throw new CodecException("the body could not be read", e);
        }
    }
}
