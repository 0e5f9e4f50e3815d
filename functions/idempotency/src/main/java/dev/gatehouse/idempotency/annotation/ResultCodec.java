// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseHeader;
import java.util.Optional;

/** Converts the results of a method, empty for a null, to stored responses and back. */
interface ResultCodec<T> {

    /** Marks a stored response whose body is not stored. */
    ResponseHeader BODY_NOT_STORED = new ResponseHeader("Idempotent-Body", "not-kept");

    /** Returns the stored form. A result that cannot be stored has one, too. */
    Response encode(Optional<T> result);

    /**
     * Returns the result.
     *
     * @throws IdempotencyFailure.ResultUnavailable if it was not stored or is of another type
     */
    Optional<T> decode(Response stored);
}
