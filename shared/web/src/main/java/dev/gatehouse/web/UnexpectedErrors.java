// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.io.EOFException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Responds to every exception without another handler. An {@link InvalidRequest} and a body that ended early result in
 * 400. Any other exception results in 500, and is logged once under the request's id. The response reveals nothing of
 * the cause.
 */
@Singleton
final class UnexpectedErrors implements ExceptionHandler<Throwable, HttpResponse<?>> {

    private static final Logger LOG = LoggerFactory.getLogger(UnexpectedErrors.class);

    private final CommonHeadersFilter commonHeaders;

    UnexpectedErrors(CommonHeadersFilter commonHeaders) {
        this.commonHeaders = commonHeaders;
    }

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, Throwable error) {
        return switch (error) {
            case InvalidRequest invalid ->
                Problem.invalidRequest(invalid.violations()).response();
            case EOFException _ ->
                Problem.invalidRequest(List.of(new Violation("body", "ended before its declared length")))
                        .response();
            default -> {
                log(request, error);
                yield Problem.internalError().response();
            }
        };
    }

    private void log(HttpRequest<?> request, Throwable error) {
        var id = commonHeaders.requestId(request);
        var log = LOG.atError().setCause(error).addKeyValue("requestId", id);
        if (Tenant.of(request) instanceof Tenant(var tenant)) {
            log = log.addKeyValue("tenant", tenant);
        }
        log.log("Request {} failed", id);
    }
}
