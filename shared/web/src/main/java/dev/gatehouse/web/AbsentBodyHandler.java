// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.web.json.JsonBinder;
import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.web.router.exceptions.UnsatisfiedBodyRouteException;
import jakarta.inject.Singleton;
import java.util.List;

/** Responds to a request without a body as the binder would, since its argument is not bound. */
@Singleton
final class AbsentBodyHandler implements ExceptionHandler<UnsatisfiedBodyRouteException, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(
            @SuppressWarnings("rawtypes") HttpRequest request, UnsatisfiedBodyRouteException absence) {
        // The server drops chunks that it cannot read.
        var message = request.getHeaders().contains(HttpHeaders.TRANSFER_ENCODING)
                ? "is empty, or its chunks are malformed"
                : JsonBinder.EMPTY;
        return Problem.invalidRequest(List.of(new Violation("body", message))).response();
    }
}
