package dev.gatehouse.session;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Decides on Redis. Without its answer, a lookup of a session that this process saw recently is answered from memory;
 * every other operation is unavailable and safe to repeat. A token that memory lacks may be valid: its lookup is
 * unavailable, not invalid.
 *
 * <p>Memory forgets a session once this process tries to revoke, rotate or patch it, and all sessions of a user for whom
 * a creation evicted one. It does not see changes by other processes: for at most 60 seconds it may return a session that
 * was revoked there, or accept a token whose grace period is over.
 */
public final class GuardedSessions implements Sessions {

    private final Sessions redis;
    private final SessionCache seen;

    /**
     * Creates the guard.
     *
     * @param redis decides while it answers by the deadline
     * @param seen used without Redis, and to be cleared on recovery; with 0 bytes it is off
     */
    public GuardedSessions(Sessions redis, SessionCache seen) {
        this.redis = redis;
        this.seen = seen;
    }

    /** Forgets all sessions of the user if some were evicted, since the reply does not name them. */
    @Override
    public CompletionStage<Decision<Creation>> create(String tenant, SessionRequest request, Deadline deadline) {
        return redis.create(tenant, request, deadline).thenApply(answer -> {
            if (answer instanceof Decided<Creation>(Creation.Created(var _, int evicted), var _) && evicted > 0) {
                seen.forgetAll(tenant, request.userId(), Optional.empty());
            }
            return answer;
        });
    }

    @Override
    public CompletionStage<Decision<Lookup>> lookup(String tenant, SessionToken token, Touch touch, Deadline deadline) {
        var asked = seen.asked();
        return redis.lookup(tenant, token, touch, deadline).thenApply(answer -> switch (answer) {
            case Decided<Lookup> decided -> {
                seen.note(tenant, token, decided.decision(), asked);
                yield decided;
            }
            case Unavailable<Lookup> unavailable -> {
                var session = seen.recall(tenant, token);
                yield session == null ? unavailable : new Decided<>(new Lookup.Found(session), Source.LOCAL);
            }
        });
    }

    @Override
    public CompletionStage<Decision<Patching>> patch(
            String tenant, SessionId id, Attributes patch, OptionalLong version, Deadline deadline) {
        return forgetting(() -> seen.forget(tenant, id), () -> redis.patch(tenant, id, patch, version, deadline));
    }

    @Override
    public CompletionStage<Decision<Rotation>> rotate(
            String tenant, SessionToken token, Grace grace, Deadline deadline) {
        return forgetting(() -> seen.forget(tenant, token.id()), () -> redis.rotate(tenant, token, grace, deadline));
    }

    @Override
    public CompletionStage<Decision<Revoked>> revoke(String tenant, SessionId id, Deadline deadline) {
        return forgetting(() -> seen.forget(tenant, id), () -> redis.revoke(tenant, id, deadline));
    }

    @Override
    public CompletionStage<Decision<Revoked>> revokeAll(
            String tenant, UserId user, Optional<SessionId> except, Deadline deadline) {
        return forgetting(
                () -> seen.forgetAll(tenant, user, except), () -> redis.revokeAll(tenant, user, except, deadline));
    }

    @Override
    public CompletionStage<Decision<List<Session>>> list(String tenant, UserId user, Deadline deadline) {
        return redis.list(tenant, user, deadline);
    }

    /** Forgets before, since Redis may not answer, and after, since a lookup may have run in between. */
    private static <T> CompletionStage<Decision<T>> forgetting(
            Runnable forget, Supplier<CompletionStage<Decision<T>>> asking) {
        forget.run();
        return asking.get().thenApply(answer -> {
            forget.run();
            return answer;
        });
    }
}
