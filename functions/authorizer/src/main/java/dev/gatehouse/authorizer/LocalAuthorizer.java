package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.Sessions;
import dev.gatehouse.session.Touch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides by sessions and limits one after the other, for a process that keeps both in memory. */
public final class LocalAuthorizer implements Authorizer {

    private final Sessions sessions;
    private final RateLimiter limiter;

    public LocalAuthorizer(Sessions sessions, RateLimiter limiter) {
        this.sessions = sessions;
        this.limiter = limiter;
    }

    @Override
    public CompletionStage<Decision<Authorization>> authorize(
            String tenant, AuthorizationRequest request, Deadline deadline) {
        return new InTurn(tenant, request, deadline).decide(request);
    }

    private final class InTurn implements Parts {

        private final String tenant;
        private final AuthorizationRequest request;
        private final Deadline deadline;

        InTurn(String tenant, AuthorizationRequest request, Deadline deadline) {
            this.tenant = tenant;
            this.request = request;
            this.deadline = deadline;
        }

        @Override
        public CompletionStage<Decision<CheckDecision>> ofAddress() {
            return decided(request.addressCheck());
        }

        @Override
        public CompletionStage<Decision<Lookup>> session(SessionToken token) {
            return sessions.lookup(tenant, token, Touch.TOUCH, deadline);
        }

        @Override
        public CompletionStage<Decision<CheckDecision>> ofUser(Session session) {
            return decided(request.userCheck(session.userId()));
        }

        /** Does nothing: the user's limits are checked last, so no charge needs a refund. */
        @Override
        public CompletionStage<?> takeBack() {
            return CompletableFuture.completedStage(null);
        }

        private CompletionStage<Decision<CheckDecision>> decided(@Nullable Check check) {
            return check == null
                    ? CompletableFuture.completedStage(new Decided<>(NO_LIMITS, Source.LOCAL))
                    : limiter.check(tenant, check, deadline);
        }
    }
}
