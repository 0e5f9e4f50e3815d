package dev.gatehouse.cache.http;

import dev.gatehouse.cache.InvalidCacheRequest;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;

/** Responds with 400 to a value that matches its schema but that the domain rejects. */
@Singleton
final class InvalidCacheRequestHandler implements ExceptionHandler<InvalidCacheRequest, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, InvalidCacheRequest invalid) {
        return Problem.invalidRequest(
                        List.of(new Violation(invalid.field(), Objects.requireNonNull(invalid.getMessage()))))
                .response();
    }
}
