// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.List;

/** Turns every error response of the framework into a {@link Problem}. */
@Singleton
final class FrameworkProblems implements ErrorResponseProcessor<Problem> {

    private final CommonHeadersFilter commonHeaders;

    FrameworkProblems(CommonHeadersFilter commonHeaders) {
        this.commonHeaders = commonHeaders;
    }

    @Override
    @SuppressWarnings("unchecked")
    public MutableHttpResponse<Problem> processResponse(ErrorContext error, MutableHttpResponse<?> response) {
        // Errors of the connection, such as an overlong header, pass no filter.
        commonHeaders.addHeaders(error.getRequest(), response);
        if (error.getRequest().getMethod() == HttpMethod.HEAD) {
            return (MutableHttpResponse<Problem>) response;
        }
        return problem(response.code(), response.reason()).writtenTo(response);
    }

    private static Problem problem(int status, String reason) {
        return switch (status) {
            case 400 -> Problem.invalidRequest(List.of(new Violation("request", "is not well-formed HTTP")));
            case 404 -> Problem.of("not-found", "Not Found", 404, "No operation has this path.");
            case 405 ->
                Problem.of(
                        "method-not-allowed",
                        "Method Not Allowed",
                        405,
                        "The header Allow lists the methods of this path.");
            case 406 -> Problem.notAcceptable();
            case 413 -> Problem.contentTooLarge();
            case 415 -> Problem.unsupportedMediaType();
            default ->
                status >= 500 ? Problem.internalError() : Problem.of("http-" + status, reason, status, reason + ".");
        };
    }
}
