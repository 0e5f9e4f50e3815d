package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.web.InvalidRequest;
import dev.gatehouse.web.StructuredField;
import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Resolves the key of a request: in its body, in the header {@code Idempotency-Key}, or in both if they agree. */
final class KeySource {

    static final String HEADER = "Idempotency-Key";
    static final String EXAMPLE = "8e03978e-40d5-43dd-bc93-6894a57f9324";
    static final String KEY = "^[!-~]{1,255}$";
    static final String KEY_MESSAGE = "must be 1 to 255 visible ASCII characters";
    static final String SCOPE = "^[!-~]{0,128}$";
    static final String SCOPE_MESSAGE = "must be at most 128 visible ASCII characters";
    static final String OWNER = "^[!-~]{1,128}$";
    static final String OWNER_MESSAGE = "must be 1 to 128 visible ASCII characters";
    static final String OWNER_EXAMPLE = "mQ8Yd1vXy0S3o7Z9aBcDeF";

    private KeySource() {}

    /** Signals that neither body nor header has a key. */
    static final class Missing extends RuntimeException {

        private static final long serialVersionUID = 1;

        Missing() {
            super("there is no key", null, false, false);
        }
    }

    /**
     * Returns the key.
     *
     * @throws Missing if there is none
     * @throws InvalidRequest if the header is malformed or differs from the body
     * @throws dev.gatehouse.idempotency.InvalidClaim if the header's key is out of bounds
     */
    static IdempotencyKey resolve(HttpRequest<?> request, @Nullable String key, String scope) {
        var headers = request.getHeaders().getAll(HEADER);
        if (headers.isEmpty()) {
            if (key == null) {
                throw new Missing();
            }
            return new IdempotencyKey(scope, key);
        }
        var header = headers.size() == 1 ? StructuredField.stringOf(headers.getFirst()) : null;
        if (header == null) {
            throw new InvalidRequest(HEADER, "must be given once, as a key or as a quoted string");
        }
        if (key != null && !key.equals(header)) {
            throw new InvalidRequest("key", "is not the key of the header " + HEADER);
        }
        return new IdempotencyKey(scope, header);
    }
}
