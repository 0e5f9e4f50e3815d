package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Identifies the caller of a request. */
sealed interface Authentication permits ApiKeys, GatewayIdentity, NoAuthentication {

    /** Returns the caller of {@code request}; null if it is unknown. */
    @Nullable
    Caller callerOf(HttpRequest<?> request);

    /** Returns the detail of a 401. */
    String advice();
}
