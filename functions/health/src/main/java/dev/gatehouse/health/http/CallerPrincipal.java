// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import dev.gatehouse.web.Caller;
import io.micronaut.core.convert.ArgumentConversionContext;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.bind.binders.TypedRequestArgumentBinder;
import jakarta.inject.Singleton;
import java.security.Principal;
import java.util.List;
import java.util.Optional;

/**
 * Presents an authenticated caller who may read to Micronaut's endpoints, which show health details to a principal only.
 */
@Singleton
final class CallerPrincipal implements TypedRequestArgumentBinder<Principal> {

    private static final List<String> READ = List.of("read");

    @Override
    public Argument<Principal> argumentType() {
        return Argument.of(Principal.class);
    }

    @Override
    public BindingResult<Principal> bind(ArgumentConversionContext<Principal> context, HttpRequest<?> request) {
        var caller = Caller.of(request);
        if (caller == null || !caller.hasAny(READ)) {
            return BindingResult.empty();
        }
        var principal = Optional.<Principal>of(caller.tenant()::name);
        return () -> principal;
    }
}
