// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import io.micronaut.core.convert.ArgumentConversionContext;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.bind.binders.TypedRequestArgumentBinder;
import io.micronaut.http.exceptions.HttpStatusException;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Passes the {@link Tenant} of the caller to controllers. The response to an anonymous request is a 401, unless the argument is
 * {@code @Nullable}.
 */
@Singleton
final class TenantArgument implements TypedRequestArgumentBinder<Tenant> {

    @Override
    public Argument<Tenant> argumentType() {
        return Argument.of(Tenant.class);
    }

    @Override
    public BindingResult<Tenant> bind(ArgumentConversionContext<Tenant> context, HttpRequest<?> request) {
        var tenant = Tenant.of(request);
        if (tenant != null) {
            var found = Optional.of(tenant);
            return () -> found;
        }
        if (context.getArgument().isNullable()) {
            return BindingResult.empty();
        }
        throw new HttpStatusException(HttpStatus.UNAUTHORIZED, "not authenticated");
    }
}
