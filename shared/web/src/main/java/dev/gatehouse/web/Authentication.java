package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Identifies the tenant of a caller. */
sealed interface Authentication permits ApiKeys, GatewayIdentity, NoAuthentication {

    /** Returns the tenant of {@code request}; null if the caller is unknown. */
    @Nullable
    Tenant tenantOf(HttpRequest<?> request);

    /** Returns the detail of a 401. */
    String advice();
}
