// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.web.StructuredField;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.JsonRecord;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.http.HttpRequest;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The key of a claim.
 *
 * @param key the key, unless the header Idempotency-Key has it
 * @param scope a namespace of keys: the same key in another scope names other work
 */
@JsonRecord
record KeyRequest(
        @Schema(example = "8e03978e-40d5-43dd-bc93-6894a57f9324") @Nullable @Pattern(regexp = KEY, message = KEY_RULE)
        String key,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true, example = "payments")
        @Bindable(defaultValue = "")
        @Pattern(regexp = SCOPE, message = SCOPE_RULE)
        String scope) {

    static final String HEADER = "Idempotency-Key";
    static final String KEY = "^[!-~]{1,255}$";
    static final String KEY_RULE = "must be 1 to 255 visible ASCII characters";
    static final String SCOPE = "^[!-~]{0,128}$";
    static final String SCOPE_RULE = "must be at most 128 visible ASCII characters";

    /** Signals that neither body nor header has a key. */
    static final class Missing extends RuntimeException {

        private static final long serialVersionUID = 1;

        Missing() {
            super("there is no key", null, false, false);
        }
    }

    /**
     * Returns the key of {@code request}: in its body, in its header, or in both if they agree.
     *
     * @throws Missing if there is none
     * @throws InvalidRequest if the header is malformed or differs from the body
     * @throws dev.gatehouse.validation.InvalidArgument if the header's key is out of bounds
     */
    IdempotencyKey resolve(HttpRequest<?> request) {
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

    /** Leaves out the key. */
    @Override
    public String toString() {
        return "KeyRequest[…]";
    }
}
