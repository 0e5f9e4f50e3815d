// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import dev.gatehouse.validation.InvalidArgument;
import dev.gatehouse.web.Problem;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;

/** Responds with 400 to a value that matches its schema but that the domain rejects. */
@Singleton
final class InvalidArgumentHandler implements ExceptionHandler<InvalidArgument, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, InvalidArgument invalid) {
        return Problem.invalidRequest(
                        List.of(new Violation(invalid.field(), Objects.requireNonNull(invalid.getMessage()))))
                .response();
    }
}
