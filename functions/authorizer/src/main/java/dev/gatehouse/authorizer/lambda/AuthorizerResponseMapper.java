// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.Authorization;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.Forbidden;
import dev.gatehouse.authorizer.Authorization.KeyAuthorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.Authorization.Unauthorized.Reason;
import dev.gatehouse.authorizer.lambda.AuthorizerEvent.Malformed;
import dev.gatehouse.authorizer.lambda.AuthorizerEvent.Request;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.session.Session;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Maps decisions to the responses that each kind of API accepts.
 *
 * <table>
 * <caption>The caller's response</caption>
 * <tr><th></th><th>HTTP API, simple</th><th>HTTP API, policy</th><th>REST, WebSocket</th></tr>
 * <tr><td>authorized</td><td>the route</td><td>the route</td><td>the route</td></tr>
 * <tr><td>no live session</td><td>403</td><td>403</td><td>401: the failure {@code Unauthorized}</td></tr>
 * <tr><td>forbidden by a route rule</td><td>403</td><td>403</td><td>403, or as a gateway response configures</td></tr>
 * <tr><td>over a limit</td><td>403</td><td>403</td><td>403, or as a gateway response configures</td></tr>
 * <tr><td>undecided without Redis</td><td>500</td><td>500</td><td>500, or as a gateway response configures;
 *     with {@link WhenUnavailable#DENY}, all as over a limit</td></tr>
 * </table>
 */
record AuthorizerResponseMapper(String tenant, WhenUnavailable whenUnavailable, ContextAttributes attributes) {

    /** The response to a request without a decision. */
    enum WhenUnavailable {
        /** Fails the function: callers get a server error, and nothing caches it. */
        FAIL,
        /** Denies the request, for deployments whose functions must not fail. */
        DENY;

        static final String SETTING = "GATEHOUSE_AUTHORIZER_UNAVAILABLE";

        /** @throws InvalidSetting if it is malformed */
        static WhenUnavailable from(Map<String, String> environment) {
            return switch (environment.getOrDefault(SETTING, "").strip()) {
                case "", "fail" -> FAIL;
                case "deny" -> DENY;
                default -> throw new InvalidSetting(SETTING, "must be fail or deny");
            };
        }
    }

    AuthorizerResponse of(Request request, Decision<Authorization> decision) {
        return switch (decision) {
            case Decided<Authorization> decided -> of(request, decided.value(), decided.degraded());
            case Unavailable<Authorization>(var retryAfter) -> unavailable(request, retryAfter);
        };
    }

    private AuthorizerResponse of(Request request, Authorization authorization, boolean degraded) {
        var context = context(request);
        return switch (authorization) {
            case Authorized(var session, var quotas) -> {
                context.session(session).quotas(quotas).flag("degraded", degraded);
                if (session != null) {
                    context.attributes(session.attributes(), attributes.names());
                }
                yield AuthorizerResponse.of(request.format(), true, request.resource(), principal(session), context);
            }
            case KeyAuthorized(var key, var quotas) -> {
                context.key(key).quotas(quotas).flag("degraded", degraded);
                yield AuthorizerResponse.of(
                        request.format(), true, request.resource(), key.id().text(), context);
            }
            case OverLimit(var session, var quotas) -> {
                context.session(session).quotas(quotas).flag("degraded", degraded);
                yield denied(request, session, context, "over-limit");
            }
            case Forbidden(var session, var quotas) -> {
                context.session(session).quotas(quotas).flag("degraded", degraded);
                yield denied(request, session, context, "forbidden");
            }
            // HTTP APIs document no failure other than a 500.
            case Unauthorized(var reason) ->
                request.format() == ResponseFormat.POLICY_OR_FAILURE
                        ? AuthorizerResponse.UNAUTHORIZED
                        : denied(
                                request,
                                null,
                                context.flag("degraded", degraded),
                                reason == Reason.FOREIGN_ORIGIN ? "origin" : "unauthorized");
        };
    }

    /** Returns the response without a decision. It never reports a missing session: the client would discard its own. */
    AuthorizerResponse unavailable(Request request, Duration retryAfter) {
        return switch (whenUnavailable) {
            case FAIL -> AuthorizerResponse.UNAVAILABLE;
            case DENY -> denied(request, null, context(request).retryAfter(retryAfter), "unavailable");
        };
    }

    private AuthorizerContext context(Request request) {
        return new AuthorizerContext(request.format()).text("tenant", tenant);
    }

    private static AuthorizerResponse denied(
            Request request, @Nullable Session session, AuthorizerContext context, String error) {
        return AuthorizerResponse.of(
                request.format(), false, request.resource(), principal(session), context.text("error", error));
    }

    private static @Nullable String principal(@Nullable Session session) {
        return session == null ? null : session.id().text();
    }

    static AuthorizerResponse of(Malformed event) {
        var format = event.format();
        return format == ResponseFormat.POLICY_OR_FAILURE
                ? AuthorizerResponse.UNAUTHORIZED
                : AuthorizerResponse.of(format, false, "*", null, new AuthorizerContext(format));
    }
}
