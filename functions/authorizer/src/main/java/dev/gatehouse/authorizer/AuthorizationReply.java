package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The results of all steps, from one round trip to Redis.
 *
 * @param refund refunds the charge of the user's limits, if there is one
 */
record AuthorizationReply(
        Decision<CheckDecision> address,
        Decision<Lookup> session,
        Decision<CheckDecision> user,
        Supplier<CompletionStage<?>> refund)
        implements AuthorizationSteps {

    @Override
    public CompletionStage<Decision<CheckDecision>> checkAddress() {
        return CompletableFuture.completedStage(address);
    }

    @Override
    public CompletionStage<Decision<Lookup>> lookUp(SessionToken token) {
        return CompletableFuture.completedStage(session);
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> checkUser(Session found) {
        return CompletableFuture.completedStage(user);
    }

    @Override
    public CompletionStage<?> refundUser() {
        return refund.get();
    }
}
