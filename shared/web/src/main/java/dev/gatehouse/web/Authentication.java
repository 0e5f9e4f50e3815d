package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Who is calling? */
sealed interface Authentication permits ApiKeys, GatewayIdentity, OneTenant {

    /** On whose behalf {@code request} comes; null if that cannot be told. */
    @Nullable
    Tenant tenantOf(HttpRequest<?> request);

    /** What a caller that was not recognised should do. */
    String advice();
}
