package dev.gatehouse.http;

import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;

/** Nothing under {@code /v1} is told to a caller that is not known, not even what is there. */
@ServerFilter("/v1/**")
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class AuthenticationFilter {

    static final String ATTRIBUTE = Tenant.class.getName();

    private final Authentication authentication;

    AuthenticationFilter(Authentication authentication) {
        this.authentication = authentication;
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        var tenant = authentication.tenantOf(request);
        if (tenant == null) {
            return Problem.unauthenticated(authentication.advice()).response();
        }
        request.setAttribute(ATTRIBUTE, tenant);
        return null;
    }
}
