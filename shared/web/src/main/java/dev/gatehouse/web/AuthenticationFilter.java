package dev.gatehouse.web;

import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Nothing under {@code /v1} is told to a caller that is not known, not even what is there; nor what Redis tells of itself.
 * How the service is may be asked by anybody; a caller that is known is told more.
 *
 * <p>As all filters here it hears of every request and looks at the path itself: where one filter has a pattern, Micronaut
 * puts the list of them together anew for each request.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class AuthenticationFilter {

    static final String ATTRIBUTE = Tenant.class.getName();

    private static final List<String> GUARDED = List.of("/v1", "/health/redis", "/health/detailed", "/redis");
    private static final List<String> OPEN = List.of("/health");

    private final Authentication authentication;
    private final @Nullable Telemetry telemetry;

    AuthenticationFilter(Authentication authentication, @Nullable Telemetry telemetry) {
        this.authentication = authentication;
        this.telemetry = telemetry;
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        boolean guarded = PathArea.has(GUARDED, request.getPath());
        if (!guarded && !PathArea.has(OPEN, request.getPath())) {
            return null;
        }
        return recognized(request) || !guarded
                ? null
                : Problem.unauthenticated(authentication.advice()).response();
    }

    private boolean recognized(HttpRequest<?> request) {
        var tenant = authentication.tenantOf(request);
        if (tenant == null) {
            return false;
        }
        request.setAttribute(ATTRIBUTE, tenant);
        if (telemetry != null) {
            telemetry.recognized(tenant.name());
        }
        return true;
    }
}
