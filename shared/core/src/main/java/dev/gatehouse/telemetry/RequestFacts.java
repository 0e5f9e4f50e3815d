package dev.gatehouse.telemetry;

import dev.gatehouse.fallback.Decision.Source;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one request. The words of {@code function}, {@code route} and {@code outcome} are few, so that metrics
 * may be kept for each; the tenant and the id are for logs only.
 *
 * @param function whose it was: {@code idempotency}, {@code rate-limit}, {@code session},
 *     {@code authorizer}, {@code health}, {@code other}
 * @param route method and path as they are declared, {@code POST /v1/rate-limits/check}; {@link #NO_ROUTE} where none was
 *     reached
 * @param outcome {@code ok}, {@code created}, {@code replayed}, or the slug of the problem that was told, as
 *     {@code quota-exceeded}
 * @param status of the response
 * @param source who decided; null where nothing was decided
 * @param elapsed from the request's arrival to its answer
 * @param requestId the request's
 * @param tenant on whose behalf; null where that was not found out
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

    /** Whether a decision was made without Redis. */
    public boolean degraded() {
        return source == Source.LOCAL;
    }

    /** The source as a word: {@code redis}, {@code local} or {@code none}. */
    public String sourceName() {
        if (source == null) {
            return "none";
        }
        return degraded() ? "local" : "redis";
    }
}
