// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.Unstored;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides through Redis and, if it does not reply, by the fallback policy. Under every policy, puts and invalidations are
 * unavailable then, and safe to repeat.
 *
 * <ul>
 *   <li>{@link FallbackPolicy#LOCAL}: a value that this process has read or stored is returned until its expiry, but at most
 *       {@link #STALE_SECONDS} s past its fresh time. Other values get a lease of this process, under another owner than
 *       that of the lookup. Values filled in meanwhile are dropped when Redis is back.
 *   <li>{@link FallbackPolicy#OPEN}: all values are missing, every caller may load, and nothing is stored.
 *   <li>{@link FallbackPolicy#CLOSED}: nothing is decided.
 * </ul>
 *
 * While Redis replies, nothing is returned from memory. An invalidation by this process removes its copy at once; one by
 * another process has no effect on the copy.
 */
public final class GuardedCache implements CacheStore {

    private static final String WHEN_DOWN = "GATEHOUSE_CACHE_WHEN_DOWN";

    /** The time for which memory returns a value past its fresh time. */
    static final long STALE_SECONDS = 60;

    private final CacheStore redis;
    private final LocalCache local;
    private final FallbackPolicy whenDown;
    private final LongSupplier clock;

    /** Counts the beginnings and ends of changes by this process. A value read during one is not copied to memory. */
    private final AtomicLong changes = new AtomicLong();

    /**
     * Creates the guard.
     *
     * @param redis the cache that decides while it replies by the deadline
     * @param local the copies of this process, if the policy is {@link FallbackPolicy#LOCAL}
     * @param clock the time in microseconds since 1970
     */
    GuardedCache(CacheStore redis, LocalCache local, FallbackPolicy whenDown, LongSupplier clock) {
        this.redis = redis;
        this.local = local;
        this.whenDown = whenDown;
        this.clock = clock;
    }

    /**
     * Returns a guarded cache on {@code link}; a cache of this process only if the settings disable Redis.
     *
     * @param outage the only outage tracker of the link
     */
    public static CacheStore over(RedisLink link, Outage outage, FallbackPolicy whenDown) {
        var local = new LocalCache();
        if (!link.settings().enabled()) {
            return local;
        }
        outage.onRecovery(local::clear);
        return new GuardedCache(new RedisCache(link), local, whenDown, MicroClock::now);
    }

    /** Returns the policy that {@code environment} names. */
    static FallbackPolicy policy(Map<String, String> environment) {
        return policy(environment.get(WHEN_DOWN));
    }

    /**
     * Returns the policy that {@code GATEHOUSE_CACHE_WHEN_DOWN} names.
     *
     * @param whenDown null or blank if it is unset
     * @throws dev.gatehouse.redis.config.InvalidSetting if there is none of that name
     */
    public static FallbackPolicy policy(@Nullable String whenDown) {
        return FallbackPolicy.of(WHEN_DOWN, whenDown, FallbackPolicy.LOCAL, FallbackPolicy.CLOSED, FallbackPolicy.OPEN);
    }

    @Override
    public List<CompletionStage<Decision<LookupOutcome>>> lookup(
            String tenant, List<CacheLookup> lookups, Deadline deadline) {
        long before = changes.get();
        var decisions = redis.lookup(tenant, lookups, deadline);
        return IntStream.range(0, lookups.size())
                .mapToObj(i -> decisions.get(i).thenCompose(decision -> decision.ifDecided(
                                outcome -> remember(tenant, lookups.get(i).key(), outcome, before))
                        .orElse(unavailable -> switch (whenDown) {
                            case CLOSED -> CompletableFuture.completedStage(unavailable);
                            case LOCAL -> local.lookup(tenant, withoutRedis(lookups.get(i)), deadline);
                            case OPEN -> Decision.local(unshared(withoutRedis(lookups.get(i))));
                        })))
                .toList();
    }

    private static CacheLookup withoutRedis(CacheLookup lookup) {
        return new CacheLookup(lookup.key(), lookup.owner().withoutRedis(), lookup.leaseMillis());
    }

    private LookupOutcome unshared(CacheLookup lookup) {
        if (lookup.leaseMillis() == 0) {
            return new Missing(new LoadState.Idle());
        }
        return new Missing(new LoadState.Leased(lookup.owner(), now().plusMillis(lookup.leaseMillis())));
    }

    private void remember(String tenant, CacheKey key, LookupOutcome outcome, long before) {
        switch (outcome) {
            case Fresh(var entry, var _) -> remember(tenant, key, entry, before);
            case Stale(var entry, var _) -> remember(tenant, key, entry, before);
            case Missing _ -> {
                if (whenDown == FallbackPolicy.LOCAL) {
                    local.forget(tenant, key);
                }
            }
        }
    }

    private void remember(String tenant, CacheKey key, CacheEntry entry, long before) {
        if (whenDown == FallbackPolicy.LOCAL) {
            local.remember(tenant, key, entry, STALE_SECONDS, () -> changes.get() == before);
        }
    }

    @Override
    public CompletionStage<Decision<FillOutcome>> fill(
            String tenant, CacheWrite write, LoadOwner owner, Deadline deadline) {
        long before = changes.get();
        return redis.fill(tenant, write, owner, deadline).thenCompose(decision -> decision.ifDecided(outcome -> {
                    if (outcome instanceof Filled filled) {
                        remember(tenant, write, filled, before);
                    }
                })
                .orElse(unavailable -> switch (whenDown) {
                    case CLOSED -> CompletableFuture.completedStage(unavailable);
                    case LOCAL ->
                        unavailable.orElseIfFound(
                                () -> local.fill(tenant, write.withStaleAtMost(STALE_SECONDS), owner, deadline),
                                Filled.class::isInstance);
                    case OPEN ->
                        Decision.local(new Unstored(new Filled(
                                now().plus(write.freshMicros(), ChronoUnit.MICROS),
                                now().plus(write.lifeMicros(), ChronoUnit.MICROS))));
                }));
    }

    private void remember(String tenant, CacheWrite write, Filled filled, long before) {
        var entry = new CacheEntry(write.value(), filled.freshUntil(), filled.expiresAt());
        remember(tenant, write.key(), entry, before);
    }

    @Override
    public CompletionStage<Decision<Optional<Instant>>> extend(
            String tenant, CacheKey key, LoadOwner owner, long leaseMillis, Deadline deadline) {
        return redis.extend(tenant, key, owner, leaseMillis, deadline)
                .thenCompose(decision -> decision.orElse(unavailable -> switch (whenDown) {
                    case CLOSED -> CompletableFuture.completedStage(unavailable);
                    case LOCAL ->
                        unavailable.orElseIfFound(
                                () -> local.extend(tenant, key, owner, leaseMillis, deadline), Optional::isPresent);
                    case OPEN -> Decision.local(Optional.of(now().plusMillis(leaseMillis)));
                }));
    }

    @Override
    public CompletionStage<Decision<Boolean>> release(
            String tenant, CacheKey key, LoadOwner owner, long holdMillis, Deadline deadline) {
        return redis.release(tenant, key, owner, holdMillis, deadline)
                .thenCompose(decision -> decision.orElse(unavailable -> switch (whenDown) {
                    case CLOSED -> CompletableFuture.completedStage(unavailable);
                    case LOCAL ->
                        unavailable.orElseIfFound(
                                () -> local.release(tenant, key, owner, holdMillis, deadline), wasOwner -> wasOwner);
                    case OPEN -> Decision.local(false);
                }));
    }

    @Override
    public CompletionStage<Decision<Filled>> put(String tenant, CacheWrite write, Deadline deadline) {
        changes.incrementAndGet();
        local.forget(tenant, write.key());
        return redis.put(tenant, write, deadline).thenApply(decision -> {
            long now = changes.incrementAndGet();
            local.forget(tenant, write.key());
            return decision.ifDecided(filled -> remember(tenant, write, filled, now));
        });
    }

    @Override
    public CompletionStage<Decision<Boolean>> invalidate(String tenant, Invalidation invalidation, Deadline deadline) {
        forget(tenant, invalidation);
        return redis.invalidate(tenant, invalidation, deadline).thenApply(decision -> {
            forget(tenant, invalidation);
            return decision;
        });
    }

    private void forget(String tenant, Invalidation invalidation) {
        changes.incrementAndGet();
        local.forget(tenant, invalidation);
    }

    private Instant now() {
        return MicroClock.instant(clock.getAsLong());
    }
}
