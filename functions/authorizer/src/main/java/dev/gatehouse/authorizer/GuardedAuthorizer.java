package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.Sessions;
import dev.gatehouse.session.Touch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides on Redis and, without its reply, each part by its policy. The session is looked up once more, which is safe,
 * and then among the sessions that this process has read recently. Limits may have been charged, so Redis does not
 * check them again: the policy of each limit decides.
 */
public final class GuardedAuthorizer implements Authorizer {

    private final RedisAuthorizer redis;
    private final Sessions sessions;
    private final SessionCache cache;
    private final GuardedRateLimiter limiter;

    /**
     * Creates the guard.
     *
     * @param sessions repeat a lookup without a reply; they fall back to {@code cache} without Redis
     * @param limiter decides by the policies of limits without Redis
     */
    public GuardedAuthorizer(RedisAuthorizer redis, Sessions sessions, SessionCache cache, GuardedRateLimiter limiter) {
        this.redis = redis;
        this.sessions = sessions;
        this.cache = cache;
        this.limiter = limiter;
    }

    @Override
    public CompletionStage<Decision<Authorization>> authorize(
            String tenant, AuthorizationRequest request, Deadline deadline) {
        var stamp = cache.stamp();
        return redis.send(tenant, request, deadline)
                .thenCompose(reply -> new AuthorizationSteps() {

                    @Override
                    public CompletionStage<Decision<CheckDecision>> checkAddress() {
                        return orByPolicy(reply.address(), request.addressCheck());
                    }

                    @Override
                    public CompletionStage<Decision<Lookup>> lookUp(SessionToken token) {
                        return reply.session()
                                .ifDecided(lookup -> cache.note(tenant, token, lookup, stamp))
                                .orElse(_ -> sessions.lookup(tenant, token, Touch.TOUCH, deadline));
                    }

                    @Override
                    public CompletionStage<Decision<CheckDecision>> checkUser(Session session) {
                        return orByPolicy(reply.user(), request.userCheck(session.userId()));
                    }

                    @Override
                    public CompletionStage<?> refundUser() {
                        return reply.refundUser();
                    }

                    private CompletionStage<Decision<CheckDecision>> orByPolicy(
                            Decision<CheckDecision> decision, @Nullable Check check) {
                        return decision.orElse(_ -> check == null
                                ? CompletableFuture.completedStage(new Decided<>(NO_LIMITS, Source.LOCAL))
                                : limiter.withoutRedis(tenant, check, deadline));
                    }
                }.authorize(request));
    }
}
