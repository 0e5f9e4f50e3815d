package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.Authorization;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.lambda.Event.Form;
import dev.gatehouse.authorizer.lambda.Event.HttpApi;
import dev.gatehouse.authorizer.lambda.Event.HttpApiByPolicy;
import dev.gatehouse.authorizer.lambda.Event.RestApi;
import dev.gatehouse.authorizer.lambda.Event.WebSocketConnect;
import dev.gatehouse.authorizer.lambda.Outcome.Failed;
import dev.gatehouse.authorizer.lambda.Outcome.Policy;
import dev.gatehouse.authorizer.lambda.Outcome.Policy.Effect;
import dev.gatehouse.authorizer.lambda.Outcome.Simple;
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
 * <tr><td>over a limit</td><td>403</td><td>403</td><td>403, or as a gateway response configures</td></tr>
 * <tr><td>undecided without Redis</td><td>500</td><td>500</td><td>500, or as a gateway response configures;
 *     with {@link WhenUnavailable#DENY}, all as over a limit</td></tr>
 * </table>
 *
 * @param unavailable the response to a request without a decision
 */
record Answers(String tenant, WhenUnavailable unavailable) {

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

    private static final String NOBODY = "nobody";

    Outcome to(Event.Request event, Decision<Authorization> answer) {
        return switch (answer) {
            case Decided<Authorization>(var authorization, var _) -> {
                var context = Particulars.ofTenant(tenant);
                boolean degraded = ((Decided<Authorization>) answer).degraded();
                yield switch (authorization) {
                    case Authorized(var session, var quotas) ->
                        allowed(
                                event,
                                session,
                                context.session(session).quotas(quotas).with("degraded", degraded));
                    case OverLimit(var session, var quotas) ->
                        denied(
                                event,
                                session,
                                context.session(session)
                                        .quotas(quotas)
                                        .with("degraded", degraded)
                                        .with("error", "over-limit"));
                    case Unauthorized _ -> unauthorized(event, context.with("degraded", degraded));
                };
            }
            case Unavailable<Authorization>(var retryAfter) -> unavailable(event, retryAfter);
        };
    }

    private static Outcome allowed(Event.Request event, Session session, Particulars context) {
        return switch (event) {
            case HttpApi _ -> new Simple(true, context.typed());
            case HttpApiByPolicy(var _, var arn) -> policy(Effect.ALLOW, session, arn, context);
            case RestApi(var _, var arn) -> policy(Effect.ALLOW, session, arn, context);
            case WebSocketConnect(var _, var arn) -> policy(Effect.ALLOW, session, arn, context);
        };
    }

    private static Outcome denied(Event.Request event, @Nullable Session session, Particulars context) {
        return switch (event) {
            case HttpApi _ -> new Simple(false, context.typed());
            case HttpApiByPolicy(var _, var arn) -> policy(Effect.DENY, session, arn, context);
            case RestApi(var _, var arn) -> policy(Effect.DENY, session, arn, context);
            case WebSocketConnect(var _, var arn) -> policy(Effect.DENY, session, arn, context);
        };
    }

    /** Returns a denial to an HTTP API, which documents no failure other than a 500. */
    private static Outcome unauthorized(Event.Request event, Particulars context) {
        return switch (event) {
            case HttpApi _, HttpApiByPolicy _ -> denied(event, null, context.with("error", "unauthorized"));
            case RestApi _, WebSocketConnect _ -> Failed.UNAUTHORIZED;
        };
    }

    /** Returns the outcome without a decision. It never reports a missing session: the client would discard its own. */
    Outcome unavailable(Event.Request event, Duration retryAfter) {
        return switch (unavailable) {
            case FAIL -> Failed.UNAVAILABLE;
            case DENY ->
                denied(
                        event,
                        null,
                        Particulars.ofTenant(tenant).retryAfter(retryAfter).with("error", "unavailable"));
        };
    }

    /** Returns a denial in the form that the sender most likely accepts. */
    static Outcome toMalformed(Form form) {
        return switch (form) {
            case SIMPLE -> new Simple(false, Map.of());
            case POLICY -> new Policy(NOBODY, Effect.DENY, "*", Map.of());
            case FAILURE -> Failed.UNAUTHORIZED;
        };
    }

    private static Policy policy(Effect effect, @Nullable Session session, MethodArn arn, Particulars context) {
        var principal = session == null ? NOBODY : session.id().text();
        return new Policy(principal, effect, arn.everything(), context.flat());
    }
}
