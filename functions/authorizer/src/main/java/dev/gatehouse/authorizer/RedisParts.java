package dev.gatehouse.authorizer;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.LimitScriptRunner;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Lookup;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionToken;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The parts of a request, from the replies of Redis in one round trip. */
final class RedisParts implements Parts {

    /** The time limit of a refund, which may run past the deadline. The request waits until its deadline only. */
    private static final Duration TAKING_BACK = Duration.ofMillis(250);

    private final LimitScriptRunner scripts;
    private final Deadline deadline;
    private final Decision<CheckDecision> byAddress;
    private final Entry.@Nullable Said entry;

    /** @param entry null if the session was not looked up */
    RedisParts(
            LimitScriptRunner scripts,
            Deadline deadline,
            Decision<CheckDecision> byAddress,
            Entry.@Nullable Said entry) {
        this.scripts = scripts;
        this.deadline = deadline;
        this.byAddress = byAddress;
        this.entry = entry;
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> ofAddress() {
        return CompletableFuture.completedStage(byAddress);
    }

    @Override
    public CompletionStage<Decision<Lookup>> session(SessionToken token) {
        return CompletableFuture.completedStage(
                entry == null ? new Decided<>(new Lookup.Invalid(), Source.REDIS) : entry.lookup());
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> ofUser(Session session) {
        return CompletableFuture.completedStage(
                entry == null ? new Decided<>(NO_LIMITS, Source.REDIS) : entry.byUser());
    }

    /** Waits for the refund, since Lambda may freeze the function once it has responded. */
    @Override
    public CompletionStage<?> takeBack() {
        var charged = entry == null ? null : entry.charged();
        if (charged == null || !charged.hasCharged()) {
            return CompletableFuture.completedStage(null);
        }
        return scripts.runAll(List.of(charged::takeBackAt), Deadline.in(TAKING_BACK))
                .completeOnTimeout(List.of(), deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }
}
