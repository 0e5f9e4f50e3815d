// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store whose replies to lookups are delivered when the test says so. */
final class CacheStoreWithDelayedLookups implements CacheStore {

    private final CacheStore store;
    private final CompletableFuture<Void> delivery = new CompletableFuture<>();
    private List<CompletionStage<Decision<LookupOutcome>>> replies = List.of();

    CacheStoreWithDelayedLookups(CacheStore store) {
        this.store = store;
    }

    void awaitReply() {
        replies.forEach(reply -> reply.toCompletableFuture().join());
    }

    void deliver() {
        delivery.complete(null);
    }

    @Override
    public List<CompletionStage<Decision<LookupOutcome>>> lookup(
            String tenant, List<CacheLookup> lookups, Deadline deadline) {
        replies = store.lookup(tenant, lookups, deadline);
        return replies.stream()
                .map(reply -> reply.thenCombine(delivery, (decision, _) -> decision))
                .toList();
    }

    @Override
    public CompletionStage<Decision<FillOutcome>> fill(
            String tenant, CacheWrite value, LoadOwner owner, Deadline deadline) {
        return store.fill(tenant, value, owner, deadline);
    }

    @Override
    public CompletionStage<Decision<Optional<Instant>>> extend(
            String tenant, CacheKey key, LoadOwner owner, long leaseMillis, Deadline deadline) {
        return store.extend(tenant, key, owner, leaseMillis, deadline);
    }

    @Override
    public CompletionStage<Decision<Boolean>> release(
            String tenant, CacheKey key, LoadOwner owner, long holdMillis, Deadline deadline) {
        return store.release(tenant, key, owner, holdMillis, deadline);
    }

    @Override
    public CompletionStage<Decision<Filled>> put(String tenant, CacheWrite value, Deadline deadline) {
        return store.put(tenant, value, deadline);
    }

    @Override
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, Invalidation invalidation, Deadline deadline) {
        return store.invalidate(tenant, invalidation, deadline);
    }
}
