package dev.gatehouse.web;

import io.micronaut.http.HttpMethod;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.List;

/** Every error that the framework answers, before a controller is reached or after it failed, as a {@link Problem}. */
@Singleton
final class FrameworkProblems implements ErrorResponseProcessor<Problem> {

    private final CommonHeadersFilter everyResponse;

    FrameworkProblems(CommonHeadersFilter everyResponse) {
        this.everyResponse = everyResponse;
    }

    @Override
    @SuppressWarnings("unchecked")
    public MutableHttpResponse<Problem> processResponse(ErrorContext error, MutableHttpResponse<?> response) {
        // Errors of the wire itself, such as an overlong header, pass no filter.
        everyResponse.complete(error.getRequest(), response);
        if (error.getRequest().getMethod() == HttpMethod.HEAD) {
            return (MutableHttpResponse<Problem>) response;
        }
        return problem(response.code(), response.reason()).writtenTo(response);
    }

    private static Problem problem(int status, String reason) {
        return switch (status) {
            case 400 -> Problem.invalidRequest(List.of(new Violation("request", "is not well-formed HTTP")));
            case 404 -> Problem.of("not-found", "There is nothing here", 404, "No operation has this path.");
            case 405 ->
                Problem.of(
                        "method-not-allowed",
                        "The method is not allowed",
                        405,
                        "The operation takes another method; see the header Allow.");
            case 406 ->
                Problem.of("not-acceptable", "Only JSON is spoken here", 406, "Accept must include application/json.");
            case 413 -> Problem.contentTooLarge();
            case 415 -> Problem.unsupportedMediaType();
            default ->
                status >= 500 ? Problem.internalError() : Problem.of("http-" + status, reason, status, reason + ".");
        };
    }
}
