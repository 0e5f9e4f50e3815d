package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A fault of ours: logged once under the request's id, and told without a word of what it was. */
@Singleton
final class UnexpectedErrors implements ExceptionHandler<Throwable, HttpResponse<?>> {

    private static final Logger LOG = LoggerFactory.getLogger(UnexpectedErrors.class);

    private final CommonHeadersFilter everyResponse;

    UnexpectedErrors(CommonHeadersFilter everyResponse) {
        this.everyResponse = everyResponse;
    }

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, Throwable fault) {
        var id = everyResponse.requestId(request);
        var log = LOG.atError().setCause(fault).addKeyValue("requestId", id);
        if (request.getAttribute(AuthenticationFilter.ATTRIBUTE).orElse(null) instanceof Tenant(var tenant)) {
            log = log.addKeyValue("tenant", tenant);
        }
        log.log("Request {} failed", id);
        return Problem.internalError().response();
    }
}
