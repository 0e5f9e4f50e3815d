// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.Touch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides by sessions and limits one after the other, for a process that keeps both in memory. */
public final class LocalAuthorizer implements Authorizer {

    private final SessionStore sessions;
    private final RateLimiter limiter;

    public LocalAuthorizer(SessionStore sessions, RateLimiter limiter) {
        this.sessions = sessions;
        this.limiter = limiter;
    }

    @Override
    public CompletionStage<Decision<Authorization>> authorize(
            String tenant, AuthorizationRequest request, Deadline deadline) {
        // The user's limits are checked last, so no charge needs a refund.
        return new AuthorizationSteps(
                        () -> check(tenant, request.addressCheck(), deadline),
                        token -> sessions.lookup(tenant, token, Touch.TOUCH, deadline),
                        session ->
                                check(tenant, request.userCheck(session.userId().value()), deadline),
                        () -> AuthorizationSteps.NO_REFUND)
                .authorize(request);
    }

    private CompletionStage<Decision<CheckDecision>> check(String tenant, @Nullable Check check, Deadline deadline) {
        return check == null
                ? CompletableFuture.completedStage(new Decided<>(AuthorizationSteps.NO_LIMITS, Source.LOCAL))
                : limiter.check(tenant, check, deadline);
    }
}
