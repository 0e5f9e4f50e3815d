package dev.gatehouse.http;

import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;

/**
 * Nothing under {@code /v1} is told to a caller that is not known, not even what is there; nor what Redis tells of itself.
 * How the service is may be asked by anybody; a caller that is known is told more.
 */
@ServerFilter
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class AuthenticationFilter {

    static final String ATTRIBUTE = Tenant.class.getName();

    private final Authentication authentication;
    private final @Nullable Telemetry telemetry;

    AuthenticationFilter(Authentication authentication, @Nullable Telemetry telemetry) {
        this.authentication = authentication;
        this.telemetry = telemetry;
    }

    @RequestFilter({"/v1/**", "/health/redis/**", "/health/detailed/**", "/redis/**"})
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        return recognized(request)
                ? null
                : Problem.unauthenticated(authentication.advice()).response();
    }

    @RequestFilter("/health/**")
    void recognize(HttpRequest<?> request) {
        recognized(request);
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
