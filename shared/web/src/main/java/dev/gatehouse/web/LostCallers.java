package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.io.EOFException;
import java.util.List;

/** A caller that hung up in the middle of its body. Nobody reads the answer, and nothing of ours is at fault. */
@Singleton
final class LostCallers implements ExceptionHandler<EOFException, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, EOFException end) {
        return Problem.invalidRequest(List.of(new Violation(JsonText.BODY, "ended before it was whole")))
                .response();
    }
}
