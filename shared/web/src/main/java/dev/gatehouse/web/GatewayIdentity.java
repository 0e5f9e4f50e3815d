package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * API Gateway has authenticated the caller; the tenant is what one field of its authorizer says.
 *
 * @param field as {@link Gateway#authorized} takes it
 */
record GatewayIdentity(Gateway gateway, String field) implements Authentication {

    @Override
    public @Nullable Tenant tenantOf(HttpRequest<?> request) {
        var said = gateway.authorized(request, field);
        return said == null ? null : Tenant.named(said);
    }

    @Override
    public String advice() {
        return "The gateway's authorizer does not say for which tenant this caller calls.";
    }
}
