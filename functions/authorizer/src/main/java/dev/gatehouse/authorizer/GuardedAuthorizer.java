// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.Touch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides through Redis and, if it does not reply, each part by its fallback policy. The session is looked up once more, which is safe,
 * and then among the sessions that this process has read recently. Limits may have been charged, so Redis does not
 * check them again: the policy of each limit decides.
 */
public final class GuardedAuthorizer implements Authorizer {

    private final RedisAuthorizer redis;
    private final SessionStore sessions;
    private final SessionCache cache;
    private final GuardedRateLimiter limiter;

    /**
     * Creates the guard.
     *
     * @param sessions the store that repeats a lookup without a reply, and falls back to {@code cache}
     * @param limiter the limiter that decides by the fallback policies of limits
     */
    public GuardedAuthorizer(
            RedisAuthorizer redis, SessionStore sessions, SessionCache cache, GuardedRateLimiter limiter) {
        this.redis = redis;
        this.sessions = sessions;
        this.cache = cache;
        this.limiter = limiter;
    }

    @Override
    public CompletionStage<Decision<Authorization>> authorize(
            String tenant, AuthorizationRequest request, Deadline deadline) {
        var stamp = cache.stamp();
        return redis.send(tenant, request, deadline).thenCompose(reply -> new AuthorizationSteps(
                        () -> orByPolicy(tenant, reply.address(), request.addressCheck(), deadline),
                        token -> reply.session()
                                .ifDecided(lookup -> cache.update(tenant, token, lookup, stamp))
                                .orElse(_ -> sessions.lookup(tenant, token, Touch.TOUCH, deadline)),
                        session -> orByPolicy(
                                tenant,
                                reply.user(),
                                request.userCheck(session.userId().value()),
                                deadline),
                        reply.refund())
                .authorize(request));
    }

    private CompletionStage<Decision<CheckDecision>> orByPolicy(
            String tenant, Decision<CheckDecision> decision, @Nullable Check check, Deadline deadline) {
        return decision.orElse(_ -> check == null
                ? CompletableFuture.completedStage(new Decided<>(AuthorizationSteps.NO_LIMITS, Source.LOCAL))
                : limiter.withoutRedis(tenant, check, deadline));
    }
}
