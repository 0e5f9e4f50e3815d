// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.authorizer.Access.AmbiguousPath;
import dev.gatehouse.authorizer.Access.Anonymous;
import dev.gatehouse.authorizer.Access.ForeignOrigin;
import dev.gatehouse.authorizer.Access.WithKey;
import dev.gatehouse.authorizer.Access.WithSession;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.Forbidden;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.Authorization.Unauthorized.Reason;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The steps of one authorization: the address's limits, then the session, then its user's limits. Each step runs once at
 * most, and only if the earlier ones leave the result open.
 *
 * @param address checks the address's limits; {@link #NO_LIMITS} if there are none
 * @param lookup looks up the session of a token
 * @param user checks the limits of the session's user; {@link #NO_LIMITS} if there are none
 * @param refund refunds the charge of the user's limits, for a request that an earlier step denies
 */
record AuthorizationSteps(
        Supplier<CompletionStage<Decision<CheckDecision>>> address,
        Function<SessionToken, CompletionStage<Decision<Lookup>>> lookup,
        Function<Session, CompletionStage<Decision<CheckDecision>>> user,
        Supplier<CompletionStage<?>> refund) {

    /** The decision without limits. */
    static final CheckDecision NO_LIMITS = new CheckDecision(true, List.of());

    static final CompletionStage<?> NO_REFUND = CompletableFuture.completedStage(null);

    /** Runs the steps for {@code request}. */
    CompletionStage<Decision<Authorization>> authorize(AuthorizationRequest request) {
        return address.get().thenCompose(check -> {
            var quotas = check.map(decision -> checked(request, request.addressLimits(), request.address(), decision));
            return quotas instanceof Decided<CheckedLimits>(var ofAddress, var source)
                            && !(ofAddress.exceeded() && request.isDeniedOnLimit())
                    ? authorizeUser(request, ofAddress).thenApply(authorization -> after(source, authorization))
                    : refund.get().thenApply(_ -> quotas.map(ofAddress -> new OverLimit(null, ofAddress)));
        });
    }

    private CompletionStage<Decision<Authorization>> authorizeUser(
            AuthorizationRequest request, CheckedLimits ofAddress) {
        var token = request.token();
        if (token == null) {
            return CompletableFuture.completedStage(
                    new Decided<>(withoutSession(request.access(), ofAddress), Source.REDIS));
        }
        return lookup.apply(token).thenCompose(found -> switch (found) {
            case Decided<Lookup>(Found(var session), var source) ->
                user.apply(session)
                        .thenApply(check -> check.map(decision -> authorization(
                                request,
                                session,
                                ofAddress.and(checked(
                                        request,
                                        request.userLimits(),
                                        session.userId().value(),
                                        decision)))))
                        .thenApply(authorization -> after(source, authorization));
            case Decided<Lookup>(Lookup.Invalid _, var source) ->
                CompletableFuture.completedStage(new Decided<>(new Unauthorized(), source));
            case Decided<Lookup>(Lookup.Reused _, var source) ->
                CompletableFuture.completedStage(new Decided<>(new Unauthorized(Reason.TOKEN_REUSED), source));
            case Unavailable<Lookup>(var retryAfter) -> CompletableFuture.completedStage(new Unavailable<>(retryAfter));
        });
    }

    /** Returns the limits with their decisions, after reporting these to the listener of {@code request}. */
    static CheckedLimits checked(
            AuthorizationRequest request, List<ChargedLimit> limits, String subject, CheckDecision decision) {
        request.listener().decided(limits, subject, decision);
        return CheckedLimits.of(limits.stream().map(ChargedLimit::limit).toList(), decision);
    }

    private static Authorization withoutSession(Access access, CheckedLimits quotas) {
        return switch (access) {
            case Anonymous _ -> new Authorized(null, quotas);
            case WithSession _, WithKey _ -> new Unauthorized();
            case ForeignOrigin _ -> new Unauthorized(Reason.FOREIGN_ORIGIN);
            case AmbiguousPath _ -> new Forbidden(null, quotas);
        };
    }

    private static Authorization authorization(AuthorizationRequest request, Session session, CheckedLimits quotas) {
        if (quotas.exceeded() && request.isDeniedOnLimit()) {
            return new OverLimit(session, quotas);
        }
        return request.access() instanceof WithSession required && required.isMetBy(session)
                ? new Authorized(session, quotas)
                : new Forbidden(session, quotas);
    }

    /** Returns {@code decision}, with the source {@link Source#LOCAL} if an earlier step had it. */
    static Decision<Authorization> after(Source earlier, Decision<Authorization> decision) {
        return earlier == Source.LOCAL && decision instanceof Decided<Authorization>(var authorization, var _)
                ? new Decided<>(authorization, Source.LOCAL)
                : decision;
    }
}
