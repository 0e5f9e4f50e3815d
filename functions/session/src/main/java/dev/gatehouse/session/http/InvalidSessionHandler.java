// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.session.InvalidSession;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;

/** Returns 400 for a value that satisfies its schema but that the domain rejects. */
@Singleton
final class InvalidSessionHandler implements ExceptionHandler<InvalidSession, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, InvalidSession invalid) {
        return Problem.invalidRequest(
                        List.of(new Violation(invalid.field(), Objects.requireNonNull(invalid.getMessage()))))
                .response();
    }
}
