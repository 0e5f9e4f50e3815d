package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.Authorization;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.telemetry.RequestFacts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What telemetry is told of a decision: outcome and status as an HTTP function would answer them, whatever API Gateway makes
 * of them.
 *
 * @param source null where nothing was decided
 */
record Facts(String outcome, int status, @Nullable Source source) {

    /** Nothing could be decided for a fault of ours. */
    static final Facts FAILED = new Facts("internal-error", 500, null);

    /** The event was none of API Gateway's. */
    static final Facts MALFORMED = new Facts("invalid-request", 400, null);

    static Facts of(Decision<Authorization> answer) {
        return switch (answer) {
            case Decided<Authorization>(var authorization, var source) ->
                switch (authorization) {
                    case Authorized _ -> new Facts("ok", 200, source);
                    case Unauthorized _ -> new Facts("unauthorized", 401, source);
                    case OverLimit _ -> new Facts("quota-exceeded", 429, source);
                };
            case Unavailable<Authorization> _ -> new Facts("store-unavailable", 503, null);
        };
    }

    RequestFacts request(String tenant, String requestId, Duration elapsed) {
        return new RequestFacts(
                "authorizer", RequestFacts.NO_ROUTE, outcome, status, source, elapsed, requestId, tenant);
    }
}
