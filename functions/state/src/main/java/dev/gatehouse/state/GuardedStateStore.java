// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.state.BatchOutcome.AllSaved;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StateFallback.Recovery;
import dev.gatehouse.state.WriteOutcome.Saved;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides through Redis and, if it does not reply, by {@link StateFallback}. The copies in memory may be old. This is harmless,
 * because Redis refuses a write that expects an old version.
 *
 * <p>With writes to memory, memory decides on the states it has, on claims, and on writes that may create a state. Anything
 * else may be in Redis, and is unavailable. So is a write with the fence of a claim on Redis, until
 * memory has granted a claim, and a write without a reply while there is no outage. A fence of memory is not valid on Redis.
 */
public final class GuardedStateStore implements StateStore {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedStateStore.class);

    /** The time limit of an offer. */
    private static final Duration OFFER = Duration.ofSeconds(2);

    private final StateStore redis;
    private final LocalStateStore local;
    private final StateFallback fallback;
    private final BooleanSupplier isOutage;
    private final LongSupplier clock;
    private final CopiedStates copies;

    /**
     * Creates the guard.
     *
     * @param redis the store that decides while it replies by the deadline
     * @param isOutage whether {@link #recover} will be called, because Redis is lost
     * @param clock the time in microseconds since 1970
     */
    GuardedStateStore(
            StateStore redis,
            LocalStateStore local,
            StateFallback fallback,
            BooleanSupplier isOutage,
            LongSupplier clock) {
        this.redis = redis;
        this.local = local;
        this.fallback = fallback;
        this.isOutage = isOutage;
        this.clock = clock;
        this.copies = new CopiedStates(fallback.readsCopies() || fallback.writesToMemory(), clock);
    }

    /** Returns guarded states like {@link #over(RedisLink, Outage, StateFallback, Duration)}, in which a new one lives for a day. */
    public static StateStore over(RedisLink link, Outage outage, StateFallback fallback) {
        return over(link, outage, fallback, StateLifetime.DEFAULT);
    }

    /**
     * Returns guarded states on {@code link}; states of this process only if the settings disable Redis.
     *
     * @param outage the only outage tracker of the link
     * @param life the life of a new state whose write has none of its own
     */
    public static StateStore over(RedisLink link, Outage outage, StateFallback fallback, Duration life) {
        var local = new LocalStateStore(
                LocalStateStore.DEFAULT_MAX_STATES, LocalStateStore.DEFAULT_MAX_BYTES, MicroClock::now, life);
        if (!link.settings().enabled()) {
            return local;
        }
        var guarded = new GuardedStateStore(
                new RedisStateStore(link, RedisStateStore.TOMBSTONE, life),
                local,
                fallback,
                outage::isOngoing,
                MicroClock::now);
        outage.onRecovery(() -> {
            var _ = guarded.recover();
        });
        return guarded;
    }

    @Override
    public CompletionStage<Decision<ReadOutcome>> read(
            String tenant, StateKey key, OptionalLong knownVersion, Deadline deadline) {
        var name = key.redisKey(tenant);
        return redis.read(tenant, key, knownVersion, deadline).thenCompose(decision -> decision.ifDecided(
                        outcome -> copies.put(name, outcome))
                .orElse(unavailable -> {
                    if (fallback.writesToMemory() && local.has(tenant, key, OptionalLong.empty())) {
                        return local.read(tenant, key, knownVersion, deadline);
                    }
                    var outcome =
                            fallback.readsCopies() ? copies.read(name, knownVersion) : Optional.<ReadOutcome>empty();
                    return CompletableFuture.completedStage(
                            outcome.<Decision<ReadOutcome>>map(found -> new Decided<>(found, Source.LOCAL))
                                    .orElse(unavailable));
                }));
    }

    @Override
    public CompletionStage<Decision<BatchOutcome>> saveAll(String tenant, List<StateWrite> writes, Deadline deadline) {
        return redis.saveAll(tenant, writes, deadline).thenCompose(decision -> {
            if (decision instanceof Decided<BatchOutcome>(AllSaved(var saved), var _)) {
                for (int i = 0; i < saved.size(); i++) {
                    copies.put(writes.get(i).key().redisKey(tenant), writes.get(i), saved.get(i));
                }
            }
            return orLocal(
                    decision,
                    () -> writes.stream()
                            .allMatch(write -> has(tenant, write.key(), write.fence()) || canCreate(write)),
                    () -> local.saveAll(tenant, writes, deadline));
        });
    }

    private static boolean canCreate(StateWrite write) {
        return write.fence().isEmpty() && !(write.expect() instanceof Expectation.Version);
    }

    @Override
    public CompletionStage<Decision<StateClaimOutcome>> claim(String tenant, StateClaim claim, Deadline deadline) {
        return redis.claim(tenant, claim, deadline).thenCompose(decision -> {
            decision.ifDecided(outcome -> {
                if (outcome instanceof Claimed claimed) {
                    copies.put(claim.key().redisKey(tenant), claimed.state());
                }
            });
            return orLocal(decision, () -> true, () -> {
                adopt(tenant, claim.key());
                return local.claim(tenant, claim, deadline);
            });
        });
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, StateKey key, long fence, long leaseMillis, Deadline deadline) {
        return redis.extend(tenant, key, fence, leaseMillis, deadline)
                .thenCompose(decision -> orLocal(
                        decision,
                        () -> has(tenant, key, OptionalLong.of(fence)),
                        () -> local.extend(tenant, key, fence, leaseMillis, deadline)));
    }

    @Override
    public CompletionStage<Decision<OwnerOutcome<Boolean>>> release(
            String tenant, StateKey key, long fence, Deadline deadline) {
        return redis.release(tenant, key, fence, deadline)
                .thenCompose(decision -> orLocal(
                        decision,
                        () -> has(tenant, key, OptionalLong.of(fence)),
                        () -> local.release(tenant, key, fence, deadline)));
    }

    @Override
    public CompletionStage<Decision<DeleteOutcome>> delete(
            String tenant, StateKey key, Expectation expect, OptionalLong fence, Deadline deadline) {
        return redis.delete(tenant, key, expect, fence, deadline).thenCompose(decision -> {
            decision.ifDecided(outcome -> {
                if (outcome instanceof DeleteOutcome.Deleted) {
                    copies.remove(key.redisKey(tenant));
                }
            });
            return orLocal(
                    decision, () -> has(tenant, key, fence), () -> local.delete(tenant, key, expect, fence, deadline));
        });
    }

    @Override
    public CompletionStage<Decision<StatePage>> list(
            String tenant, String group, int limit, Optional<StatePage.Cursor> before, Deadline deadline) {
        return redis.list(tenant, group, limit, before, deadline)
                .thenCompose(decision -> fallback.writesToMemory()
                        ? decision.orElseIfFound(
                                () -> local.list(tenant, group, limit, before, deadline),
                                page -> !page.states().isEmpty())
                        : CompletableFuture.completedStage(decision));
    }

    /** Returns whether memory has the state, after adopting the copy of it. */
    private boolean has(String tenant, StateKey key, OptionalLong fence) {
        adopt(tenant, key);
        return local.has(tenant, key, fence);
    }

    private void adopt(String tenant, StateKey key) {
        var found = copies.get(key.redisKey(tenant));
        if (found != null) {
            local.adopt(tenant, key, found);
        }
    }

    /**
     * Decides in memory during an outage. Without one nothing would recover the write: the caller had no time left, or Redis
     * rejected the key.
     *
     * @param decides whether memory decides; called only during an outage, because it copies states
     */
    private <T> CompletionStage<Decision<T>> orLocal(
            Decision<T> decision, BooleanSupplier decides, Supplier<CompletionStage<Decision<T>>> memory) {
        return decision.orElse(unavailable -> {
            if (!fallback.writesToMemory() || !isOutage.getAsBoolean() || !decides.getAsBoolean()) {
                return CompletableFuture.completedStage(unavailable);
            }
            return memory.get().whenComplete((_, _) -> {
                if (!isOutage.getAsBoolean()) {
                    var _ = recover(); // The outage has ended before this write.
                }
            });
        });
    }

    /** Drops the states in memory, or offers them to Redis. The stage completes after the last offer. */
    CompletionStage<@Nullable Void> recover() {
        if (fallback.recovery() == Recovery.DROP) {
            local.clear();
            return CompletableFuture.completedStage(null);
        }
        CompletionStage<@Nullable Void> offers = CompletableFuture.completedStage(null);
        for (var written : local.retainWritten().entrySet()) {
            offers = offers.thenCompose(_ -> offer(written.getKey(), written.getValue()));
        }
        return offers;
    }

    /**
     * Saves a state unless Redis has one. The save has the id of the last write, so it changes nothing if that write has
     * reached Redis.
     */
    private CompletionStage<@Nullable Void> offer(LocalStateStore.Name name, LocalState state) {
        long seconds = Math.max(1, (state.expires() - clock.getAsLong() + 999_999) / 1_000_000);
        var write = StateWrite.save(state.key(), Expectation.absent(), state.content())
                .withTtlSeconds(seconds)
                .withSaveId(state.writes().getFirst().id());
        return redis.save(name.tenant(), write, Deadline.in(OFFER)).thenApply(decision -> {
            decision.ifDecided(outcome -> {
                local.remove(name, state);
                var key = state.key().redisKey(name.tenant());
                if (outcome instanceof Saved saved) {
                    LOG.info(
                            "The state {} was in memory and {} to Redis.",
                            key,
                            saved.repeated() ? "had been saved" : "is saved");
                } else {
                    LOG.warn("The state {} was in memory and is dropped: Redis has one.", key);
                }
            });
            return null;
        });
    }
}
