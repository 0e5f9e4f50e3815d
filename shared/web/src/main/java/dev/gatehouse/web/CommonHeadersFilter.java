// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.telemetry.TraceContext;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Adds the headers that every response has, errors included: the request's id, and that no cache may store it. Reports each
 * request to telemetry.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class CommonHeadersFilter {

    /** The header of the request's id, in requests and responses. */
    public static final String X_REQUEST_ID = "X-Request-Id";

    private static final String ATTRIBUTE = CommonHeadersFilter.class.getName();

    private final @Nullable Gateway gateway;
    private final @Nullable RequestTelemetry telemetry;

    private record Received(RequestId id, long nanos) {}

    CommonHeadersFilter(@Nullable Gateway gateway, @Nullable RequestTelemetry telemetry) {
        this.gateway = gateway;
        this.telemetry = telemetry;
    }

    /** Returns the id of {@code request}, the same at each call. */
    public RequestId requestId(HttpRequest<?> request) {
        return received(request).id;
    }

    /** Returns the id of {@code request}; if it passed no filter, the caller's or a new one. */
    public static RequestId idOf(HttpRequest<?> request) {
        return request.getAttribute(ATTRIBUTE).orElse(null) instanceof Received received
                ? received.id
                : RequestId.of(null, request.getHeaders().get(X_REQUEST_ID));
    }

    /** Returns the ids of {@code request} and of its trace. */
    public static TraceContext traceOf(HttpRequest<?> request) {
        return TraceContext.of(idOf(request).value(), request.getHeaders()::get);
    }

    private Received received(HttpRequest<?> request) {
        if (request.getAttribute(ATTRIBUTE).orElse(null) instanceof Received existing) {
            return existing;
        }
        var fromGateway = gateway == null ? null : gateway.requestId(request);
        var id = RequestId.of(fromGateway, request.getHeaders().get(X_REQUEST_ID));
        var received = new Received(id, System.nanoTime());
        request.setAttribute(ATTRIBUTE, received);
        return received;
    }

    @RequestFilter
    void receive(HttpRequest<?> request) {
        received(request);
    }

    @ResponseFilter
    void complete(HttpRequest<?> request, MutableHttpResponse<?> response) {
        addHeaders(request, response);
        if (telemetry != null) {
            var received = received(request);
            telemetry.report(request, response, received.id, Duration.ofNanos(System.nanoTime() - received.nanos));
        }
    }

    /** Adds the headers alone, for errors of the connection, which pass no filter. */
    void addHeaders(HttpRequest<?> request, MutableHttpResponse<?> response) {
        var headers = response.getHeaders();
        headers.set(X_REQUEST_ID, requestId(request).value());
        // contains() would convert the value to look for it.
        if (headers.get(HttpHeaders.CACHE_CONTROL) == null) {
            headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
        }
    }
}
