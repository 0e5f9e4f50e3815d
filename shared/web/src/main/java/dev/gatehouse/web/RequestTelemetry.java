// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.telemetry.FunctionRoutes;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.web.router.RouteAttributes;
import io.micronaut.web.router.RouteInfo;
import io.micronaut.web.router.UriRouteInfo;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports requests to telemetry by their responses, so that controllers need not. Errors of the connection itself, such as
 * an overlong header, are not reported.
 */
@Singleton
@Requires(beans = Telemetry.class)
final class RequestTelemetry {

    /** The attribute of a response whose outcome is not the slug of its problem. */
    static final String OUTCOME = RequestTelemetry.class.getName();

    private static final Route NONE = new Route("other", RequestFacts.NO_ROUTE);

    /** The labels of a route. */
    private record Route(String function, String name) {}

    private final Telemetry telemetry;
    private final List<FunctionRoutes> functions;
    // Bounded by the number of routes.
    private final Map<RouteInfo<?>, Route> routes = new ConcurrentHashMap<>();

    RequestTelemetry(Telemetry telemetry, List<FunctionRoutes> functions) {
        this.telemetry = telemetry;
        this.functions = functions;
    }

    void report(HttpRequest<?> request, MutableHttpResponse<?> response, RequestId id, Duration elapsed) {
        var route = route(request);
        var tenant = Tenant.of(request);
        telemetry.recordRequest(new RequestFacts(
                route.function,
                route.name,
                outcome(response),
                response.code(),
                source(response),
                elapsed,
                id.value(),
                tenant == null ? null : tenant.name()));
    }

    private Route route(HttpRequest<?> request) {
        return RouteAttributes.getRouteInfo(request).orElse(null) instanceof UriRouteInfo<?, ?> info
                ? routes.computeIfAbsent(info, _ -> describe(info))
                : NONE;
    }

    private Route describe(UriRouteInfo<?, ?> info) {
        var template = info.getUriMatchTemplate().toPathString();
        var function = functions.stream()
                .filter(routes -> routes.contains(template))
                .map(FunctionRoutes::function)
                .findFirst()
                .orElse(NONE.function);
        return new Route(function, info.getHttpMethodName() + " " + template);
    }

    private static String outcome(MutableHttpResponse<?> response) {
        if (response.body() instanceof Problem problem) {
            return response.getAttribute(OUTCOME).orElse(null) instanceof String outcome ? outcome : problem.slug();
        }
        if (response.getHeaders().get("Idempotent-Replayed") != null) {
            return "replayed";
        }
        return switch (response.code() / 100) {
            case 2, 3 -> response.code() == 201 ? "created" : "ok";
            case 4 -> "client-error";
            default -> "server-error";
        };
    }

    private static @Nullable Source source(MutableHttpResponse<?> response) {
        var source = response.getHeaders().get("Gatehouse-Source");
        if (source == null) {
            return null;
        }
        return source.equals("local") ? Source.LOCAL : Source.REDIS;
    }
}
