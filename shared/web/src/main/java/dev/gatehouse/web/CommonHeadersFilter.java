package dev.gatehouse.web;

import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;

/** What every response carries, errors too: the request's id, and that no cache may keep it. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class CommonHeadersFilter {

    /** The header by which callers give and are told the request's id. */
    public static final String X_REQUEST_ID = "X-Request-Id";

    private static final String ATTRIBUTE = RequestId.class.getName();

    private final @Nullable Gateway gateway;

    CommonHeadersFilter(@Nullable Gateway gateway) {
        this.gateway = gateway;
    }

    /** The id of {@code request}: the same however often it is asked for. */
    public RequestId requestId(HttpRequest<?> request) {
        if (request.getAttribute(ATTRIBUTE).orElse(null) instanceof RequestId known) {
            return known;
        }
        var fromGateway = gateway == null ? null : gateway.requestId(request);
        var id = RequestId.of(fromGateway, request.getHeaders().get(X_REQUEST_ID));
        request.setAttribute(ATTRIBUTE, id);
        return id;
    }

    /** The id that {@code request} goes by; where none was given to it, the caller's or a new one. */
    public static RequestId idOf(HttpRequest<?> request) {
        return request.getAttribute(ATTRIBUTE).orElse(null) instanceof RequestId known
                ? known
                : RequestId.of(null, request.getHeaders().get(X_REQUEST_ID));
    }

    @RequestFilter
    void receive(HttpRequest<?> request) {
        requestId(request);
    }

    @ResponseFilter
    void complete(HttpRequest<?> request, MutableHttpResponse<?> response) {
        response.getHeaders().set(X_REQUEST_ID, requestId(request).value());
        // Not contains(), which would convert the value to see whether there is one.
        if (response.getHeaders().get(HttpHeaders.CACHE_CONTROL) == null) {
            response.getHeaders().set(HttpHeaders.CACHE_CONTROL, "no-store");
        }
    }
}
