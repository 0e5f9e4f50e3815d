package dev.gatehouse.web;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.web.router.exceptions.UnsatisfiedBodyRouteException;
import jakarta.inject.Singleton;
import java.util.List;

/** A body of no bytes does not come as far as a controller; it is told as one that came there would be. */
@Singleton
final class AbsentBodies implements ExceptionHandler<UnsatisfiedBodyRouteException, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(
            @SuppressWarnings("rawtypes") HttpRequest request, UnsatisfiedBodyRouteException absence) {
        // Chunks that cannot be read are dropped by the server, and look like none.
        var message = request.getHeaders().contains(HttpHeaders.TRANSFER_ENCODING)
                ? "is empty, or its chunks are malformed"
                : JsonText.EMPTY;
        return Problem.invalidRequest(List.of(new Violation(JsonText.BODY, message)))
                .response();
    }
}
