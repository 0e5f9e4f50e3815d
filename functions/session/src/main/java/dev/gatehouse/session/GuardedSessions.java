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
 * Keeps sessions on Redis. When it has no answer to a lookup, a session that this process saw there a moment ago is told
 * from memory, as it was then; any other has no answer, for that memory does not know a token does not mean that it opens
 * nothing. All else has no answer then, and asking again later is safe.
 *
 * <p>Memory tells nothing of a session that was revoked, exchanged or patched through this process, from the moment that it
 * was asked to, whatever came of it; nor of any of a user's for whose new session an older one ended here. What another
 * process did it does not hear: for 60 seconds at most it may tell a session that was revoked there, or by a token whose
 * grace has run out.
 */
public final class GuardedSessions implements Sessions {

    private final Sessions redis;
    private final SessionCache seen;

    /**
     * @param redis its answers by the deadline are final
     * @param seen what is told without Redis; it is to be cleared when Redis is back. One that holds 0 bytes: nothing is
     */
    public GuardedSessions(Sessions redis, SessionCache seen) {
        this.redis = redis;
        this.seen = seen;
    }

    /** Where older sessions ended for it, this process does not hear which. */
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

    /** Forgets before, for Redis may be silent, and after, for a lookup may have come in between. */
    private static <T> CompletionStage<Decision<T>> forgetting(
            Runnable forget, Supplier<CompletionStage<Decision<T>>> asking) {
        forget.run();
        return asking.get().thenApply(answer -> {
            forget.run();
            return answer;
        });
    }
}
