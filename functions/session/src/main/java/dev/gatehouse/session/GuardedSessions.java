// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Sends operations to Redis, with a cache for lookups. Without a reply, a lookup returns the session that this process
 * cached recently. Every other operation is unavailable and safe to repeat. A token that is not cached may be valid: its
 * lookup is unavailable, not invalid.
 *
 * <p>A revocation, rotation, elevation, patch or takeover through this process removes the session from the cache. A creation
 * that evicts a session removes all sessions of its user. The cache does not reflect changes by other processes. For at most 60 seconds
 * it may return a session that was revoked there, or accept a token after its grace period.
 */
public final class GuardedSessions implements SessionStore, AutoCloseable {

    private final SessionStore redis;
    private final SessionCache cache;
    private final Runnable onClose;

    /**
     * Creates the guard.
     *
     * @param redis the sessions in Redis
     * @param cache the cache, which the caller clears on recovery; a capacity of 0 bytes disables it
     */
    public GuardedSessions(SessionStore redis, SessionCache cache) {
        this(redis, cache, () -> {});
    }

    private GuardedSessions(SessionStore redis, SessionCache cache, Runnable onClose) {
        this.redis = redis;
        this.cache = cache;
        this.onClose = onClose;
    }

    /**
     * Opens sessions on the Redis that the environment configures by {@code REDIS_URL}, with the environment's {@link
     * TokenReuse}. If the environment disables Redis, they are stored in this process only.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if a setting is invalid
     */
    public static GuardedSessions fromEnvironment() {
        var onReuse = TokenReuse.of(System.getenv(TokenReuse.SETTING));
        var link = RedisLink.fromEnvironment();
        var cache = new SessionCache(SessionCache.DEFAULT_MAX_BYTES);
        new Outage(link).onRecovery(cache::clear);
        SessionStore stored = link.settings().enabled() ? new RedisSessions(link, onReuse) : new LocalSessions(onReuse);
        return new GuardedSessions(stored, cache, link::close);
    }

    /**
     * Returns guarded sessions on {@code link}; sessions of this process only if the settings disable Redis.
     *
     * @param outage the only outage tracker of the link
     */
    public static SessionStore over(RedisLink link, Outage outage, SessionCache cache, TokenReuse onReuse) {
        if (!link.settings().enabled()) {
            return new LocalSessions(onReuse);
        }
        outage.onRecovery(cache::clear);
        return new GuardedSessions(new RedisSessions(link, onReuse), cache);
    }

    @Override
    public CompletionStage<Decision<Creation>> create(String tenant, SessionRequest request, Deadline deadline) {
        return forgettingEvicted(tenant, request, redis.create(tenant, request, deadline));
    }

    /** Does not read {@code from} from the cache, because it may have ended or have other attributes. */
    @Override
    public CompletionStage<Decision<Creation>> create(
            String tenant, SessionRequest request, SessionToken from, Deadline deadline) {
        var created = invalidating(
                () -> cache.forget(tenant, from.id()), () -> redis.create(tenant, request, from, deadline));
        return forgettingEvicted(tenant, request, created);
    }

    /** Removes all sessions of the user from the cache after an eviction, because the reply does not name the evicted. */
    private CompletionStage<Decision<Creation>> forgettingEvicted(
            String tenant, SessionRequest request, CompletionStage<Decision<Creation>> creating) {
        return creating.thenApply(decision -> decision.ifDecided(creation -> {
            if (creation instanceof Creation.Created(var _, int evicted) && evicted > 0) {
                cache.forgetAll(tenant, request.userId(), Optional.empty());
            }
        }));
    }

    @Override
    public CompletionStage<Decision<Lookup>> lookup(String tenant, SessionToken token, Touch touch, Deadline deadline) {
        var stamp = cache.stamp();
        return redis.lookup(tenant, token, touch, deadline).thenCompose(decision -> decision.ifDecided(
                        lookup -> cache.update(tenant, token, lookup, stamp))
                .orElse(unavailable -> {
                    var session = cache.find(tenant, token);
                    return CompletableFuture.completedStage(
                            session == null ? unavailable : new Decided<>(new Lookup.Found(session), Source.LOCAL));
                }));
    }

    @Override
    public CompletionStage<Decision<Patching>> patch(
            String tenant, SessionId id, Attributes patch, OptionalLong version, Deadline deadline) {
        return invalidating(() -> cache.forget(tenant, id), () -> redis.patch(tenant, id, patch, version, deadline));
    }

    @Override
    public CompletionStage<Decision<Rotation>> rotate(
            String tenant, SessionToken token, Grace grace, Deadline deadline) {
        return invalidating(() -> cache.forget(tenant, token.id()), () -> redis.rotate(tenant, token, grace, deadline));
    }

    @Override
    public CompletionStage<Decision<Rotation>> elevate(
            String tenant, SessionToken token, Rotation.Grant grant, Grace grace, Deadline deadline) {
        return invalidating(
                () -> cache.forget(tenant, token.id()), () -> redis.elevate(tenant, token, grant, grace, deadline));
    }

    @Override
    public CompletionStage<Decision<Integer>> revoke(String tenant, SessionId id, Deadline deadline) {
        return invalidating(() -> cache.forget(tenant, id), () -> redis.revoke(tenant, id, deadline));
    }

    @Override
    public CompletionStage<Decision<Integer>> revokeAll(
            String tenant, UserId user, Optional<SessionId> except, Deadline deadline) {
        return invalidating(
                () -> cache.forgetAll(tenant, user, except), () -> redis.revokeAll(tenant, user, except, deadline));
    }

    @Override
    public CompletionStage<Decision<List<Session>>> list(String tenant, UserId user, Deadline deadline) {
        return redis.list(tenant, user, deadline);
    }

    /** Closes the link of {@link #fromEnvironment}. Any other link stays open. */
    @Override
    public void close() {
        onClose.run();
    }

    /** Invalidates before the call, because Redis may not reply, and after it, because a lookup may have run in between. */
    private static <T> CompletionStage<Decision<T>> invalidating(
            Runnable invalidation, Supplier<CompletionStage<Decision<T>>> call) {
        invalidation.run();
        return call.get().thenApply(decision -> {
            invalidation.run();
            return decision;
        });
    }
}
