// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.session.Lookup;
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
        Supplier<CompletionStage<?>> refund) {

    /** Decides {@code request} by these results alone. */
    CompletionStage<Decision<Authorization>> authorize(AuthorizationRequest request) {
        return new AuthorizationSteps(
                        () -> CompletableFuture.completedStage(address),
                        _ -> CompletableFuture.completedStage(session),
                        _ -> CompletableFuture.completedStage(user),
                        refund)
                .authorize(request);
    }
}
