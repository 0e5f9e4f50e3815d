// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.idempotency.ResponseHeader;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.ResultUnavailable;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores results as JSON, by the mapper of the program. A result that is too large or has no JSON form is not stored, but its
 * call is: the method has run.
 */
record JsonResultCodec<T>(JsonMapper json, Argument<T> type) implements ResultCodec<T> {

    private static final Logger LOG = LoggerFactory.getLogger(JsonResultCodec.class);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final Response STORED_WITHOUT_BODY = new Response(200, List.of(BODY_NOT_STORED), ResponseBody.EMPTY);
    private static final List<ResponseHeader> HEADERS = List.of(new ResponseHeader("Content-Type", "application/json"));

    @Override
    public Response encode(Optional<T> result) {
        try {
            var bytes = result.isPresent() ? json.writeValueAsBytes(type, result.get()) : NULL;
            if (bytes.length <= Response.MAX_BODY_BYTES) {
                return new Response(200, HEADERS, ResponseBody.guessed(bytes));
            }
            LOG.warn("A {} of an idempotent method is not stored: it has {} bytes", type.getTypeName(), bytes.length);
        } catch (IOException | RuntimeException e) {
            // The message may contain values.
            LOG.warn(
                    "A {} of an idempotent method is not stored: it has no JSON form ({})",
                    type.getTypeName(),
                    e.getClass().getName());
        }
        return STORED_WITHOUT_BODY;
    }

    @Override
    public Optional<T> decode(Response stored) {
        if (stored.headers().contains(BODY_NOT_STORED)) {
            throw new ResultUnavailable("the result was not stored: it was too large or had no JSON form");
        }
        var bytes = stored.body().bytes();
        try {
            return Arrays.equals(bytes, NULL) ? Optional.empty() : Optional.of(json.readValue(bytes, type));
        } catch (IOException | RuntimeException e) {
            throw new ResultUnavailable("the stored result is not a " + type.getTypeName());
        }
    }
}
