// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.EvictingCache;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Decides through Redis and, if it does not reply, by the fallback policy. Under every policy, a result that this process has
 * read or stored is replayed from memory until it expires or is evicted. An invalidation by another process has no effect on it. With {@link
 * FallbackPolicy#CLOSED} everything else is unavailable and safe to repeat. With {@link FallbackPolicy#LOCAL} each process
 * decides from its own memory: several processes may do the same work, and again when Redis is back. {@link
 * FallbackPolicy#OPEN} is rejected: it would claim nothing.
 *
 * <p>Memory decides only on claims it has. A claim that it lacks may be in Redis: the decision is then unavailable.
 */
public final class GuardedClaims implements ClaimStore {

    /** The default bound on the results in memory: 16 MiB. */
    public static final long DEFAULT_REPLAY_BYTES = 16L << 20;

    /** The size of a result without its response, in bytes. */
    private static final long OVERHEAD = 400;

    private final ClaimStore redis;
    private final ClaimStore local;
    private final LongSupplier clock;
    private final EvictingCache<String, Completed> results;
    private final boolean localWhenDown;

    /**
     * Creates the guard.
     *
     * @param redis the store that decides while it replies by the deadline
     * @param local the store that decides otherwise, if the policy is {@link FallbackPolicy#LOCAL}
     * @param replayBytes the bound on the results in memory; 0 to store none
     * @param clock the time in microseconds since 1970
     * @throws IllegalArgumentException if the policy is {@link FallbackPolicy#OPEN}
     */
    GuardedClaims(ClaimStore redis, ClaimStore local, FallbackPolicy whenDown, long replayBytes, LongSupplier clock) {
        this.redis = redis;
        this.local = local;
        this.clock = clock;
        this.results = new EvictingCache<>(
                replayBytes, result -> OVERHEAD + result.response().bytes(), () -> clock.getAsLong() * 1000);
        this.localWhenDown = switch (whenDown) {
            case CLOSED -> false;
            case LOCAL -> true;
            case OPEN -> throw new IllegalArgumentException("the policy of claims must be local or closed");
        };
    }

    /**
     * Returns guarded claims on {@code link}; claims of this process only if the settings disable Redis.
     *
     * @param outage the only outage tracker of the link
     * @param replayBytes the bound on the results in memory; 0 to store none
     * @throws IllegalArgumentException if the policy is {@link FallbackPolicy#OPEN}
     */
    public static ClaimStore over(RedisLink link, Outage outage, FallbackPolicy whenDown, long replayBytes) {
        var local = new LocalClaims();
        if (!link.settings().enabled()) {
            return local;
        }
        outage.onRecovery(local::clear);
        return new GuardedClaims(new RedisClaims(link), local, whenDown, replayBytes, MicroClock::now);
    }

    @Override
    public CompletionStage<Decision<ClaimOutcome>> claim(String tenant, ClaimRequest request, Deadline deadline) {
        return redis.claim(tenant, request, deadline)
                .thenCompose(decision -> guard(decision, tenant, request, deadline));
    }

    @Override
    public List<CompletionStage<Decision<ClaimOutcome>>> claimAll(
            String tenant, List<ClaimRequest> requests, Deadline deadline) {
        var decisions = redis.claimAll(tenant, requests, deadline);
        return IntStream.range(0, requests.size())
                .mapToObj(i ->
                        decisions.get(i).thenCompose(decision -> guard(decision, tenant, requests.get(i), deadline)))
                .toList();
    }

    private CompletionStage<Decision<ClaimOutcome>> guard(
            Decision<ClaimOutcome> decision, String tenant, ClaimRequest request, Deadline deadline) {
        var key = request.claim().key().redisKey(tenant);
        return decision.ifDecided(outcome -> cacheResult(key, outcome)).orElse(unavailable -> {
            var result = results.get(key);
            if (result != null) {
                return CompletableFuture.completedStage(replay(result, request));
            }
            return localWhenDown
                    ? local.claim(tenant, request, deadline)
                    : CompletableFuture.completedStage(unavailable);
        });
    }

    private void cacheResult(String key, ClaimOutcome outcome) {
        switch (outcome) {
            case Completed completed -> cacheResult(key, completed);
            case Claimed _, InFlight _ -> results.remove(key);
            case KeyReused _ -> {
                // Reveals nothing about the result.
            }
        }
    }

    private void cacheResult(String key, Completed result) {
        var now = MicroClock.instant(clock.getAsLong());
        results.put(key, result, Duration.between(now, result.expiresAt()));
    }

    private static Decision<ClaimOutcome> replay(Completed result, ClaimRequest request) {
        boolean reused = result.fingerprint().contradicts(request.fingerprint());
        return new Decided<>(reused ? new KeyReused() : result, Source.LOCAL);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Completion>>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline) {
        var completion = redis.complete(tenant, claim, response, lifetime, deadline)
                .thenApply(decision -> decision.ifDecided(outcome -> {
                    if (outcome instanceof Held<Completion>(var stored) && stored.asGiven()) {
                        cacheResult(
                                claim.key().redisKey(tenant),
                                new Completed(
                                        response, stored.fingerprint(), stored.completedAt(), stored.expiresAt()));
                    }
                }));
        return orLocal(
                completion,
                () -> local.complete(tenant, claim, response, lifetime, deadline),
                outcome -> outcome instanceof Held);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Boolean>>> release(String tenant, Claim claim, Deadline deadline) {
        return orLocal(
                redis.release(tenant, claim, deadline),
                () -> local.release(tenant, claim, deadline),
                outcome -> outcome instanceof Held<Boolean>(var wasClaimed) && wasClaimed);
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, Claim claim, ClaimLease length, Deadline deadline) {
        return orLocal(
                redis.extend(tenant, claim, length, deadline),
                () -> local.extend(tenant, claim, length, deadline),
                outcome -> outcome instanceof Held);
    }

    @Override
    public CompletionStage<Decision<Inspection>> inspect(String tenant, IdempotencyKey key, Deadline deadline) {
        return orLocal(
                redis.inspect(tenant, key, deadline),
                () -> local.inspect(tenant, key, deadline),
                inspection -> !(inspection instanceof Inspection.Absent));
    }

    /** Also removes the result from memory, for any reply of Redis. */
    @Override
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, IdempotencyKey key, Deadline deadline) {
        results.remove(key.redisKey(tenant));
        return orLocal(
                redis.invalidate(tenant, key, deadline),
                () -> local.invalidate(tenant, key, deadline),
                existed -> existed);
    }

    private <T> CompletionStage<Decision<T>> orLocal(
            CompletionStage<Decision<T>> first, Supplier<CompletionStage<Decision<T>>> memory, Predicate<T> hasClaim) {
        return localWhenDown ? first.thenCompose(decision -> decision.orElseIfFound(memory, hasClaim)) : first;
    }
}
