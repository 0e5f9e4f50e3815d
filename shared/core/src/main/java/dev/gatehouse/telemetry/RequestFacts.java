// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import dev.gatehouse.fallback.Decision.Source;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The result of one request. Function, route and outcome have few distinct values, so metrics can be tagged with them.
 * Tenant and request id are for logs only.
 *
 * @param function {@code idempotency}, {@code rate-limit}, {@code cache}, {@code session}, {@code authorizer}, {@code health} or
 *     {@code other}
 * @param route the declared method and path, such as {@code POST /v1/rate-limits/check}; {@link #NO_ROUTE} if no route
 *     was reached
 * @param outcome {@code ok}, {@code created}, {@code replayed}, or the slug of the returned problem, such as
 *     {@code quota-exceeded}
 * @param status the status of the response
 * @param source the source of the decision; null if there was none
 * @param elapsed the time from arrival to response
 * @param tenant the caller's tenant; null if it is unknown
 */
public record RequestFacts(
        String function,
        String route,
        String outcome,
        int status,
        @Nullable Source source,
        Duration elapsed,
        String requestId,
        @Nullable String tenant) {

    /** The route of a request that reached none. */
    public static final String NO_ROUTE = "none";

    /** Returns whether the decision was made without Redis. */
    public boolean degraded() {
        return source == Source.LOCAL;
    }

    /** Returns {@code redis}, {@code local} or {@code none}. */
    public String sourceName() {
        if (source == null) {
            return "none";
        }
        return degraded() ? "local" : "redis";
    }
}
