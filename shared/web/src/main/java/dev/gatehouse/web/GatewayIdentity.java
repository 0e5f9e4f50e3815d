package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Trusts API Gateway to have authenticated the caller; one field of its authorizer is the tenant.
 *
 * @param field the name of the field, see {@link Gateway#authorized}
 */
record GatewayIdentity(Gateway gateway, String field) implements Authentication {

    @Override
    public @Nullable Caller callerOf(HttpRequest<?> request) {
        var name = gateway.authorized(request, field);
        var tenant = name == null ? null : Tenant.named(name);
        return tenant == null ? null : Caller.unrestricted(tenant);
    }

    @Override
    public String advice() {
        return "The gateway's authorizer sets no tenant for this caller.";
    }
}
