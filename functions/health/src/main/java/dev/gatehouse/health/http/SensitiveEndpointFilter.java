// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Tenant;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.server.cors.CorsFilter;
import io.micronaut.management.endpoint.EndpointSensitivityHandler;
import io.micronaut.management.endpoint.EndpointSensitivityProcessor;
import io.micronaut.management.health.indicator.HealthCheckType;
import io.micronaut.web.router.MethodBasedRouteMatch;
import io.micronaut.web.router.RouteAttributes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Admits only authenticated callers to the sensitive endpoints of Micronaut's management, wherever they are mapped to. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class SensitiveEndpointFilter implements EndpointSensitivityHandler, Ordered {

    private static final String OWN_LOGGERS = "dev.gatehouse";

    private final EndpointSensitivityProcessor endpoints;

    SensitiveEndpointFilter(EndpointSensitivityProcessor endpoints) {
        this.endpoints = endpoints;
    }

    /** Follows the authentication. */
    @Override
    public int getOrder() {
        return CorsFilter.CORS_FILTER_ORDER + 200;
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        if (!(RouteAttributes.getRouteMatch(request).orElse(null) instanceof MethodBasedRouteMatch<?, ?> route)) {
            return null;
        }
        var isSensitive = endpoints.getEndpointMethods().get(route.getExecutableMethod());
        if (isSensitive == null) {
            return null;
        }
        if (!isSensitive) {
            return isUnknownCheck(route.getVariableValues().get("selector"))
                    ? Problem.of("not-found", "Not Found", 404, "No operation has this path.")
                            .response()
                    : null;
        }
        if (Tenant.of(request) == null) {
            return Problem.unauthenticated("Send an API key.").response();
        }
        if (request.getMethod() != HttpMethod.GET
                && !isOwnLogger(route.getVariableValues().get("name"))) {
            // At DEBUG, other libraries log what requests carry.
            return Problem.forbidden("Only loggers of dev.gatehouse can be changed.")
                    .response();
        }
        return null;
    }

    /** Returns true below {@code /health} other than liveness and readiness, which Micronaut rejects as a malformed request. */
    private static boolean isUnknownCheck(@Nullable Object selector) {
        return selector != null
                && Stream.of(HealthCheckType.values())
                        .noneMatch(type -> type.name().equalsIgnoreCase(selector.toString()));
    }

    private static boolean isOwnLogger(@Nullable Object name) {
        return name instanceof String text && (text.equals(OWN_LOGGERS) || text.startsWith(OWN_LOGGERS + "."));
    }
}
