package dev.gatehouse.state;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.EvictingCache;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.state.BatchOutcome.AllSaved;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StateFallback.Recovery;
import dev.gatehouse.state.WriteOutcome.Saved;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 * memory has granted a claim. A fence of memory is not valid on Redis.
 */
public final class GuardedStateStore implements StateStore {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedStateStore.class);

    /** The bound on the copies of states on Redis: 16 MiB. */
    private static final long COPIES_BYTES = 16L << 20;

    private static final long OVERHEAD = 400;

    /** The time limit of an offer. */
    private static final Duration OFFER = Duration.ofSeconds(2);

    private final StateStore redis;
    private final LocalStateStore local;
    private final StateFallback fallback;
    private final LongSupplier clock;
    private final EvictingCache<String, Found> copies;

    /**
     * Creates the guard.
     *
     * @param redis the store that decides while it replies by the deadline
     * @param clock the time in microseconds since 1970
     */
    GuardedStateStore(StateStore redis, LocalStateStore local, StateFallback fallback, LongSupplier clock) {
        this.redis = redis;
        this.local = local;
        this.fallback = fallback;
        this.clock = clock;
        this.copies = new EvictingCache<>(
                COPIES_BYTES, found -> OVERHEAD + 2L * found.value().size(), () -> clock.getAsLong() * 1000);
    }

    /**
     * Returns guarded states on {@code link}; states of this process only if the settings disable Redis.
     *
     * @param outage the only outage tracker of the link
     */
    public static StateStore over(RedisLink link, Outage outage, StateFallback fallback) {
        var local = new LocalStateStore();
        if (!link.settings().enabled()) {
            return local;
        }
        var guarded = new GuardedStateStore(new RedisStateStore(link), local, fallback, MicroClock::now);
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
                        outcome -> remember(name, outcome))
                .orElse(unavailable -> {
                    if (fallback.writesToMemory() && local.has(tenant, key, OptionalLong.empty())) {
                        return local.read(tenant, key, knownVersion, deadline);
                    }
                    var found = fallback.readsCopies() ? copies.get(name) : null;
                    return CompletableFuture.completedStage(
                            found == null ? unavailable : new Decided<>(fromCopy(found, knownVersion), Source.LOCAL));
                }));
    }

    /** Returns the outcome of reading a copy, without a writer whose lease has ended since. */
    private ReadOutcome fromCopy(Found found, OptionalLong knownVersion) {
        var copied = found.info();
        var info = new StateInfo(
                copied.version(),
                copied.createdAt(),
                copied.savedAt(),
                copied.expiresAt(),
                copied.writer().filter(writer -> writer.leaseEnds().isAfter(now())));
        return knownVersion.isPresent() && knownVersion.getAsLong() == copied.version()
                ? new Unchanged(info)
                : new Found(info, found.value());
    }

    private void remember(String name, ReadOutcome outcome) {
        switch (outcome) {
            case Found found -> remember(name, found);
            case Unchanged(var info) -> {
                var found = copies.get(name);
                if (found != null && found.info().version() == info.version()) {
                    remember(name, new Found(info, found.value()));
                }
            }
            case Unknown _ -> copies.remove(name);
        }
    }

    private void remember(String name, Found found) {
        if (!fallback.readsCopies() && !fallback.writesToMemory()) {
            return;
        }
        var current = copies.get(name);
        if (current == null || current.info().version() <= found.info().version()) {
            var left = Duration.between(now(), found.info().expiresAt());
            var life = Duration.ofSeconds(StateFallback.COPY_SECONDS);
            copies.put(name, found, left.compareTo(life) < 0 ? left : life);
        }
    }

    @Override
    public CompletionStage<Decision<BatchOutcome>> saveAll(String tenant, List<StateWrite> writes, Deadline deadline) {
        return redis.saveAll(tenant, writes, deadline).thenCompose(decision -> {
            if (decision instanceof Decided<BatchOutcome>(AllSaved(var saved), var _)) {
                for (int i = 0; i < saved.size(); i++) {
                    remember(tenant, writes.get(i), saved.get(i));
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

    private void remember(String tenant, StateWrite write, Saved saved) {
        var name = write.key().redisKey(tenant);
        if (write.merges()) {
            copies.remove(name);
        } else {
            var info = new StateInfo(
                    saved.version(), saved.createdAt(), saved.savedAt(), saved.expiresAt(), Optional.empty());
            remember(name, new Found(info, write.value()));
        }
    }

    @Override
    public CompletionStage<Decision<StateClaimOutcome>> claim(String tenant, StateClaim claim, Deadline deadline) {
        return redis.claim(tenant, claim, deadline).thenCompose(decision -> {
            decision.ifDecided(outcome -> {
                if (outcome instanceof Claimed claimed) {
                    remember(claim.key().redisKey(tenant), claimed.state());
                }
            });
            return orLocal(decision, () -> true, () -> {
                adopt(tenant, claim.key());
                return local.claim(tenant, claim, deadline);
            });
        });
    }

    @Override
    public CompletionStage<Decision<FenceOutcome<Instant>>> extend(
            String tenant, StateKey key, long fence, long leaseMillis, Deadline deadline) {
        return redis.extend(tenant, key, fence, leaseMillis, deadline)
                .thenCompose(decision -> orLocal(
                        decision,
                        () -> has(tenant, key, OptionalLong.of(fence)),
                        () -> local.extend(tenant, key, fence, leaseMillis, deadline)));
    }

    @Override
    public CompletionStage<Decision<FenceOutcome<Boolean>>> release(
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

    /** @param decides whether memory decides; called only without a decision of Redis, because it copies states */
    private <T> CompletionStage<Decision<T>> orLocal(
            Decision<T> decision, BooleanSupplier decides, Supplier<CompletionStage<Decision<T>>> memory) {
        return decision.orElse(unavailable -> fallback.writesToMemory() && decides.getAsBoolean()
                ? memory.get()
                : CompletableFuture.completedStage(unavailable));
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
                local.remove(name);
                var key = state.key().redisKey(name.tenant());
                if (outcome instanceof Saved) {
                    LOG.info("The state {} was in memory and is saved to Redis.", key);
                } else {
                    LOG.warn("The state {} was in memory and is dropped: Redis has one.", key);
                }
            });
            return null;
        });
    }

    private Instant now() {
        return Instant.EPOCH.plus(clock.getAsLong(), ChronoUnit.MICROS);
    }
}
