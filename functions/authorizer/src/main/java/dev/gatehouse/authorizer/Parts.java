package dev.gatehouse.authorizer;

import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides a request in parts: the address's limits, then the session, then its user's limits. Each part is evaluated
 * once at most, and only if the earlier ones did not settle the decision.
 */
interface Parts {

    /** The decision without limits. */
    CheckDecision NO_LIMITS = new CheckDecision(true, List.of());

    /** Returns the decision of the address's limits; {@link #NO_LIMITS} if there are none. */
    CompletionStage<Decision<CheckDecision>> ofAddress();

    CompletionStage<Decision<Lookup>> session(SessionToken token);

    /** Returns the decision of the limits of the session's user; {@link #NO_LIMITS} if there are none. */
    CompletionStage<Decision<CheckDecision>> ofUser(Session session);

    /** Refunds what the user's limits may have been charged, for a request that earlier parts settle. */
    CompletionStage<?> takeBack();

    /** Returns the decision on {@code request}. */
    default CompletionStage<Decision<Authorization>> decide(AuthorizationRequest request) {
        return ofAddress().thenCompose(answer -> switch (answer) {
            case Decided<CheckDecision> byAddress
            when byAddress.decision().allowed() || !request.isDeniedOnLimit() -> withRoom(request, byAddress);
            case Decided<CheckDecision>(var decision, var source) ->
                takeBack()
                        .thenApply(_ -> new Decided<>(
                                new OverLimit(null, Quotas.of(request.addressLimits(), decision)), source));
            case Unavailable<CheckDecision>(var retryAfter) -> takeBack().thenApply(_ -> new Unavailable<>(retryAfter));
        });
    }

    private CompletionStage<Decision<Authorization>> withRoom(
            AuthorizationRequest request, Decided<CheckDecision> byAddress) {
        var token = request.token();
        if (token == null) {
            return CompletableFuture.completedStage(new Decided<>(new Unauthorized(), byAddress.source()));
        }
        return session(token).thenCompose(answer -> switch (answer) {
            case Decided<Lookup>(var lookup, var source)
            when lookup instanceof Found(var session) ->
                ofUser(session).thenApply(byUser -> decided(request, byAddress, session, source, byUser));
            case Decided<Lookup>(var _, var source) ->
                CompletableFuture.completedStage(new Decided<>(new Unauthorized(), weaker(byAddress.source(), source)));
            case Unavailable<Lookup>(var retryAfter) -> CompletableFuture.completedStage(new Unavailable<>(retryAfter));
        });
    }

    private static Decision<Authorization> decided(
            AuthorizationRequest request,
            Decided<CheckDecision> byAddress,
            Session session,
            Source ofSession,
            Decision<CheckDecision> answer) {
        return switch (answer) {
            case Decided<CheckDecision>(var byUser, var source) -> {
                var quotas = Quotas.of(request.addressLimits(), byAddress.decision())
                        .and(Quotas.of(request.userLimits(), byUser));
                yield new Decided<>(
                        quotas.exceeded() && request.isDeniedOnLimit()
                                ? new OverLimit(session, quotas)
                                : new Authorized(session, quotas),
                        weaker(byAddress.source(), weaker(ofSession, source)));
            }
            case Unavailable<CheckDecision>(var retryAfter) -> new Unavailable<>(retryAfter);
        };
    }

    /** Returns {@link Source#LOCAL} if either part was decided without Redis. */
    private static Source weaker(Source one, Source other) {
        return one == Source.LOCAL ? one : other;
    }
}
