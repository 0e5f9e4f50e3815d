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
 * The facts of a decision for telemetry. Outcome and status are those of an HTTP function, whatever API Gateway
 * returns.
 *
 * @param source null if nothing was decided
 */
record Facts(String outcome, int status, @Nullable Source source) {

    /** An internal error prevented the decision. */
    static final Facts FAILED = new Facts("internal-error", 500, null);

    /** The event did not have the form of an API Gateway event. */
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
