// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Sends operations to Redis, with a cache for verifications. Without a reply, a key verifies if this process verified it
 * recently. Every other operation is unavailable and safe to repeat. A key that is not cached may be valid: its verification
 * is unavailable, not invalid.
 */
public final class GuardedIssuedKeys implements IssuedKeyStore {

    private final IssuedKeyStore redis;
    private final IssuedKeyCache cache;

    /**
     * Creates the guard.
     *
     * @param redis the keys in Redis
     * @param cache the cache, which the caller clears on recovery; a capacity of 0 bytes disables it
     */
    public GuardedIssuedKeys(IssuedKeyStore redis, IssuedKeyCache cache) {
        this.redis = redis;
        this.cache = cache;
    }

    @Override
    public CompletionStage<Decision<Issuance>> issue(String tenant, IssueRequest request, Deadline deadline) {
        return redis.issue(tenant, request, deadline);
    }

    @Override
    public CompletionStage<Decision<Verification>> verify(
            String tenant, PresentedKey key, SortedSet<String> scopes, Deadline deadline) {
        var stamp = cache.stamp();
        return redis.verify(tenant, key, scopes, deadline).thenCompose(decision -> decision.ifDecided(
                        verification -> cache.update(tenant, key.digest(), verification, stamp))
                .orElse(unavailable -> {
                    var cached = cache.find(tenant, key, scopes);
                    return CompletableFuture.completedStage(
                            cached == null ? unavailable : new Decided<>(cached, Source.LOCAL));
                }));
    }

    @Override
    public CompletionStage<Decision<Issuance>> rotate(
            String tenant, KeyId id, KeySecret successor, Duration grace, Deadline deadline) {
        return forgetting(tenant, id, () -> redis.rotate(tenant, id, successor, grace, deadline));
    }

    @Override
    public CompletionStage<Decision<Optional<IssuedKey>>> patch(
            String tenant, KeyId id, KeyPatch patch, Deadline deadline) {
        return forgetting(tenant, id, () -> redis.patch(tenant, id, patch, deadline));
    }

    @Override
    public CompletionStage<Decision<Boolean>> revoke(String tenant, KeyId id, Deadline deadline) {
        return forgetting(tenant, id, () -> redis.revoke(tenant, id, deadline));
    }

    @Override
    public CompletionStage<Decision<List<IssuedKey>>> list(String tenant, OwnerId owner, Deadline deadline) {
        return redis.list(tenant, owner, deadline);
    }

    /** Removes before, because Redis may not reply, and after, because a verification may have run in between. */
    private <T> CompletionStage<Decision<T>> forgetting(
            String tenant, KeyId id, Supplier<CompletionStage<Decision<T>>> call) {
        cache.forget(tenant, id);
        return call.get().thenApply(decision -> {
            cache.forget(tenant, id);
            return decision;
        });
    }
}
