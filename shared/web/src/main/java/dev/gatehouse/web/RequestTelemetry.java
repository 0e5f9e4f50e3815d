package dev.gatehouse.web;

import dev.gatehouse.fallback.Decision.Source;
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
    private record Route(String function, String name) {

        static Route of(UriRouteInfo<?, ?> info) {
            var template = info.getUriMatchTemplate().toPathString();
            return new Route(function(template), info.getHttpMethodName() + " " + template);
        }

        private static String function(String template) {
            if (template.startsWith("/v1/idempotency/")) {
                return "idempotency";
            }
            if (template.startsWith("/v1/rate-limits/")) {
                return "rate-limit";
            }
            if (template.startsWith("/v1/sessions")) {
                return "session";
            }
            if (template.startsWith("/v1/cache/")) {
                return "cache";
            }
            if (template.startsWith("/example/")) {
                return "authorizer";
            }
            return template.startsWith("/health") || template.startsWith("/redis/") ? "health" : "other";
        }
    }

    private final Telemetry telemetry;
    // Bounded by the number of routes.
    private final Map<RouteInfo<?>, Route> routes = new ConcurrentHashMap<>();

    RequestTelemetry(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    void report(HttpRequest<?> request, MutableHttpResponse<?> response, RequestId id, Duration elapsed) {
        var route = route(request);
        var tenant = AdmissionFilter.tenantOf(request);
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
                ? routes.computeIfAbsent(info, _ -> Route.of(info))
                : NONE;
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
