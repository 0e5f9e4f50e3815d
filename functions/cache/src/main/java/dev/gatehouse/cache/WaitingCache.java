// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Looks up values that others may be loading. Waits for a missing value until it is filled, or until the lease is released
 * or ends. Does not wait for the end of a hold, since nobody loads meanwhile. If a tenant has too many waiters, the outcome
 * is {@link Missing} at once.
 */
public final class WaitingCache {

    private final CacheStore cache;
    private final Duration budget;
    private final DecisionWaiters<LookupOutcome> waiters;

    /**
     * The presence of a caller.
     *
     * @param cancellation ends all waits when it completes
     * @param undeliverable completes when the response cannot be delivered, and so not the owners of the leases
     * @param choseOwner whether the caller has chosen the owner of a lookup, so that it can repeat the lookup
     * @param end the end of the caller, which no lease outlasts; empty if it is unknown
     */
    public record LookupCaller(
            CompletableFuture<Void> cancellation,
            CompletableFuture<Void> undeliverable,
            Predicate<CacheLookup> choseOwner,
            Optional<Deadline> end) {

        /** Returns a caller that stays until it has the outcome. */
        public static LookupCaller present() {
            return present(Optional.empty());
        }

        /** Returns a caller that stays until it has the outcome, and loads until {@code end}. */
        static LookupCaller until(Deadline end) {
            return present(Optional.of(end));
        }

        private static LookupCaller present(Optional<Deadline> end) {
            return new LookupCaller(new CompletableFuture<>(), new CompletableFuture<>(), _ -> true, end);
        }

        private CacheLookup bounded(CacheLookup lookup) {
            return end.map(lookup::within).orElse(lookup);
        }
    }

    /**
     * Creates a cache with waiting.
     *
     * @param maxWaiters the bound on the waiters of a tenant; 0 for no waiting
     * @param budget the time limit of each lookup
     */
    public WaitingCache(CacheStore cache, int maxWaiters, Duration budget) {
        this.cache = cache;
        this.budget = budget;
        this.waiters = new DecisionWaiters<>(
                maxWaiters,
                outcome -> outcome instanceof Missing(Loading(var _, var retryAfter))
                        ? Optional.of(retryAfter)
                        : Optional.empty());
    }

    /**
     * Looks up as {@link CacheStore#lookup} does, and waits for each value up to {@code wait}, but not beyond the deadline.
     * All waits end at once when they are cancelled or the caller gets the lease of one value, so that it can load. A lease
     * whose owner cannot be delivered is released.
     */
    public List<CompletionStage<Decision<LookupOutcome>>> lookup(
            String tenant, List<CacheLookup> lookups, LookupCaller caller, Duration wait, Deadline deadline) {
        var until = deadline.atMost(wait);
        var end = new CompletableFuture<Void>();
        var _ = caller.cancellation.thenRun(() -> end.complete(null));
        var bounded = lookups.stream().map(caller::bounded).toList();
        var first = cache.lookup(tenant, bounded, deadline.atMost(budget));
        return IntStream.range(0, lookups.size())
                .mapToObj(i -> {
                    var lookup = lookups.get(i);
                    return releasingUndelivered(tenant, lookup, caller, end, first.get(i))
                            .thenCompose(decision -> waiters.await(
                                    tenant,
                                    lookup.key().entryName(tenant),
                                    decision,
                                    () -> releasingUndelivered(
                                            tenant,
                                            lookup,
                                            caller,
                                            end,
                                            cache.lookup(tenant, caller.bounded(lookup), deadline.atMost(budget))),
                                    end,
                                    until,
                                    deadline));
                })
                .toList();
    }

    /** Ends the waits if the outcome has a lease, and releases it if the response cannot be delivered. */
    private CompletionStage<Decision<LookupOutcome>> releasingUndelivered(
            String tenant,
            CacheLookup lookup,
            LookupCaller caller,
            CompletableFuture<Void> end,
            CompletionStage<Decision<LookupOutcome>> stage) {
        return stage.thenApply(decision -> decision.ifDecided(outcome -> {
            if (outcome.load() instanceof Leased(var owner, var _)) {
                boolean isRepeatable = caller.choseOwner.test(lookup) && owner.equals(lookup.owner());
                if (!isRepeatable) {
                    var _ = caller.undeliverable.thenRun(
                            () -> release(tenant, lookup.key(), owner, 0, Deadline.in(budget)));
                }
                end.complete(null);
            }
        }));
    }

    /** Fills as {@link CacheStore#fill} does. The waiters of the key in this process look up at once. */
    public CompletionStage<Decision<FillOutcome>> fill(
            String tenant, CacheWrite value, LoadOwner owner, Deadline deadline) {
        return waking(tenant, List.of(value.key()), cache.fill(tenant, value, owner, deadline));
    }

    /** Extends as {@link CacheStore#extend} does. */
    CompletionStage<Decision<Optional<Instant>>> extend(
            String tenant, CacheKey key, LoadOwner owner, long leaseMillis, Deadline deadline) {
        return cache.extend(tenant, key, owner, leaseMillis, deadline);
    }

    /** Releases as {@link CacheStore#release} does. The waiters of the key in this process look up at once. */
    public CompletionStage<Decision<Boolean>> release(
            String tenant, CacheKey key, LoadOwner owner, long holdMillis, Deadline deadline) {
        return waking(tenant, List.of(key), cache.release(tenant, key, owner, holdMillis, deadline));
    }

    /** Puts as {@link CacheStore#put} does. The waiters of the key in this process look up at once. */
    public CompletionStage<Decision<Filled>> put(String tenant, CacheWrite value, Deadline deadline) {
        return waking(tenant, List.of(value.key()), cache.put(tenant, value, deadline));
    }

    /** Invalidates as {@link CacheStore#invalidate} does. The waiters of the keys in this process look up at once. */
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, Invalidation invalidation, Deadline deadline) {
        return waking(tenant, invalidation.keys(), cache.invalidate(tenant, invalidation, deadline));
    }

    private <T> CompletionStage<T> waking(String tenant, List<CacheKey> keys, CompletionStage<T> change) {
        return change.whenComplete((_, _) -> keys.forEach(key -> waiters.wake(key.entryName(tenant))));
    }

    /** Returns the number of waiters of {@code tenant}. */
    int waiting(String tenant) {
        return waiters.waiting(tenant);
    }
}
