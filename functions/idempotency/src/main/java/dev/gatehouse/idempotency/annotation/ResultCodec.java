package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.idempotency.Response;
import java.util.Optional;

/** Converts the results of a method, empty for a null, to stored responses and back. */
interface ResultCodec<T> {

    /** Returns the stored form. A result that cannot be stored has one, too. */
    Response encode(Optional<T> result);

    /**
     * Returns the result.
     *
     * @throws IdempotencyFailure.ResultUnavailable if it was not stored or is of another type
     */
    Optional<T> decode(Response stored);
}
