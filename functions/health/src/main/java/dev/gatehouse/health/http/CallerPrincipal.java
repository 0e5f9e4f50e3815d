package dev.gatehouse.health.http;

import dev.gatehouse.web.Tenant;
import io.micronaut.core.convert.ArgumentConversionContext;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.bind.binders.TypedRequestArgumentBinder;
import jakarta.inject.Singleton;
import java.security.Principal;
import java.util.Optional;

/** Presents an authenticated caller to Micronaut's endpoints, which show health details to a principal only. */
@Singleton
final class CallerPrincipal implements TypedRequestArgumentBinder<Principal> {

    @Override
    public Argument<Principal> argumentType() {
        return Argument.of(Principal.class);
    }

    @Override
    public BindingResult<Principal> bind(ArgumentConversionContext<Principal> context, HttpRequest<?> request) {
        var tenant = Tenant.of(request);
        if (tenant == null) {
            return BindingResult.empty();
        }
        var principal = Optional.<Principal>of(tenant::name);
        return () -> principal;
    }
}
