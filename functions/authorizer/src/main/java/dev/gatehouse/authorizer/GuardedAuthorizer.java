package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
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
 * and then among the sessions that this process has seen recently. Limits may have been charged, so Redis does not
 * check them again: the policy of each limit decides.
 */
public final class GuardedAuthorizer implements Authorizer {

    private final RedisAuthorizer redis;
    private final Sessions sessions;
    private final SessionCache seen;
    private final GuardedRateLimiter limiter;

    /**
     * Creates the guard.
     *
     * @param sessions repeat a lookup without a reply; they fall back to {@code seen} without Redis
     * @param limiter decides by the policies of limits without Redis
     */
    public GuardedAuthorizer(RedisAuthorizer redis, Sessions sessions, SessionCache seen, GuardedRateLimiter limiter) {
        this.redis = redis;
        this.sessions = sessions;
        this.seen = seen;
        this.limiter = limiter;
    }

    @Override
    public CompletionStage<Decision<Authorization>> authorize(
            String tenant, AuthorizationRequest request, Deadline deadline) {
        var asked = seen.asked();
        return redis.ask(tenant, request, deadline)
                .thenCompose(parts -> new ByPolicy(parts, asked, tenant, request, deadline).decide(request));
    }

    private final class ByPolicy implements Parts {

        private final RedisParts onRedis;
        private final SessionCache.Asked asked;
        private final String tenant;
        private final AuthorizationRequest request;
        private final Deadline deadline;

        ByPolicy(
                RedisParts onRedis,
                SessionCache.Asked asked,
                String tenant,
                AuthorizationRequest request,
                Deadline deadline) {
            this.onRedis = onRedis;
            this.asked = asked;
            this.tenant = tenant;
            this.request = request;
            this.deadline = deadline;
        }

        @Override
        public CompletionStage<Decision<CheckDecision>> ofAddress() {
            return onRedis.ofAddress().thenCompose(answer -> orByPolicy(answer, request.addressCheck()));
        }

        @Override
        public CompletionStage<Decision<Lookup>> session(SessionToken token) {
            return onRedis.session(token).thenCompose(answer -> switch (answer) {
                case Decided<Lookup> decided -> {
                    seen.note(tenant, token, decided.decision(), asked);
                    yield CompletableFuture.completedStage(decided);
                }
                case Unavailable<Lookup> _ -> sessions.lookup(tenant, token, Touch.TOUCH, deadline);
            });
        }

        @Override
        public CompletionStage<Decision<CheckDecision>> ofUser(Session session) {
            return onRedis.ofUser(session)
                    .thenCompose(answer -> orByPolicy(answer, request.userCheck(session.userId())));
        }

        @Override
        public CompletionStage<?> takeBack() {
            return onRedis.takeBack();
        }

        private CompletionStage<Decision<CheckDecision>> orByPolicy(
                Decision<CheckDecision> answer, @Nullable Check check) {
            return switch (answer) {
                case Decided<CheckDecision> decided -> CompletableFuture.completedStage(decided);
                case Unavailable<CheckDecision> _ ->
                    check == null
                            ? CompletableFuture.completedStage(new Decided<>(NO_LIMITS, Source.LOCAL))
                            : limiter.withoutRedis(tenant, check, deadline);
            };
        }
    }
}
