// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import dev.gatehouse.web.Problem;
import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.util.List;

/** Responds with 400 {@code idempotency-key-missing}. */
@Singleton
final class MissingKeyHandler implements ExceptionHandler<KeyRequest.Missing, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, KeyRequest.Missing missing) {
        return Problem.of(
                        "idempotency-key-missing",
                        "Idempotency key missing",
                        400,
                        "Give it as key, or in the header " + KeyRequest.HEADER + ".")
                .with("errors", List.of(new Violation("key", "is missing")))
                .response();
    }
}
