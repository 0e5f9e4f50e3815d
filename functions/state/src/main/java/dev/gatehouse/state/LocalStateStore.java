// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.state.BatchOutcome.AllSaved;
import dev.gatehouse.state.BatchOutcome.NoneSaved;
import dev.gatehouse.state.LocalState.Claim;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StatePage.Cursor;
import dev.gatehouse.state.StatePage.Entry;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps states in memory as {@link RedisStateStore} keeps them on Redis, but within this process only.
 *
 * <p>Stores a bounded number of states and bytes. While it is full, it drops the records of states that have ended; without
 * any, new states, claims and larger values are unavailable. Versions and fences still grow, but a repeated write of a
 * dropped state is not recognized.
 */
public final class LocalStateStore implements StateStore {

    /** The default bound on states, with the records of ended ones. */
    public static final int DEFAULT_MAX_STATES = 50_000;

    /** The default bound on the bytes of all states: 64 MiB. */
    public static final long DEFAULT_MAX_BYTES = 64L << 20;

    private static final long TOMBSTONE = RedisStateStore.TOMBSTONE.toNanos() / 1000;

    /** Names one state of a tenant. */
    record Name(String tenant, StateKey key) {}

    private final LongSupplier clock;
    private final Duration life;
    private final BoundedCache<Name, LocalState> states;

    /** The greatest version or fence of the dropped records. */
    private long dropped;

    private long lastDrop;

    /**
     * Creates a store.
     *
     * @param maxStates at least 1
     * @param maxBytes the bound on the bytes of all states
     * @param clock the time in microseconds since 1970
     * @param life the life of a new state whose write has none of its own
     */
    public LocalStateStore(int maxStates, long maxBytes, LongSupplier clock, Duration life) {
        this.clock = clock;
        this.life = life;
        this.states = new BoundedCache<>(maxStates, maxBytes, LocalState::bytes, () -> clock.getAsLong() * 1000);
    }

    /** Removes everything. Called when Redis decides again. */
    public synchronized void clear() {
        states.clear();
    }

    @Override
    public synchronized CompletionStage<Decision<ReadOutcome>> read(
            String tenant, StateKey key, OptionalLong knownVersion, Deadline deadline) {
        StateClaim.requireVersion(knownVersion);
        long now = clock.getAsLong();
        return Decision.local(load(new Name(tenant, key), now).read(knownVersion, now));
    }

    @Override
    public synchronized CompletionStage<Decision<BatchOutcome>> saveAll(
            String tenant, List<StateWrite> writes, Deadline deadline) {
        StateStore.requireBatch(writes);
        return withRoom(now -> saveAll(tenant, writes, now));
    }

    private @Nullable BatchOutcome saveAll(String tenant, List<StateWrite> writes, long now) {
        var before = new ArrayList<LocalState>();
        for (var write : writes) {
            var state = load(new Name(tenant, write.key()), now);
            var refused = state.refusal(write, now);
            if (refused.isPresent()) {
                return new NoneSaved(before.size(), refused.get());
            }
            before.add(state);
        }
        var saved = new ArrayList<Saved>();
        for (int i = 0; i < writes.size(); i++) {
            var write = writes.get(i);
            var state = before.get(i);
            var earlier = state.earlier(write.saveId());
            var next = earlier.isPresent() ? state : state.written(write, now, next(state.version(), now), life);
            if (!put(new Name(tenant, write.key()), next, now)) {
                for (int j = 0; j < i; j++) {
                    put(new Name(tenant, writes.get(j).key()), before.get(j), now);
                }
                return null;
            }
            saved.add(earlier.map(Saved::asRepeated).orElseGet(next::lastOutcome));
        }
        return new AllSaved(saved);
    }

    @Override
    public synchronized CompletionStage<Decision<StateClaimOutcome>> claim(
            String tenant, StateClaim claim, Deadline deadline) {
        return withRoom(now -> claim(tenant, claim, now));
    }

    private @Nullable StateClaimOutcome claim(String tenant, StateClaim claim, long now) {
        var name = new Name(tenant, claim.key());
        var state = load(name, now);
        boolean isOwner = state.claim().owner().equals(claim.owner());
        if (!isOwner && state.claim().isLive(now) && !claim.takeOver()) {
            return state.held(now);
        }
        var last = isOwner ? state.claim() : new Claim(next(state.claim().fence(), now), claim.owner(), 0, 0, "");
        var granted = last.heldBy(claim.heldBy()).extended(now, claim.leaseMillis() * 1000);
        var next = state.withoutEnded(now).with(granted);
        return put(name, next, now)
                ? new Claimed(
                        granted.fence(), MicroClock.instant(granted.lease()), next.read(claim.knownVersion(), now))
                : null;
    }

    @Override
    public synchronized CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, StateKey key, long fence, long leaseMillis, Deadline deadline) {
        StateClaim.requireLease(leaseMillis);
        StateWrite.requireFence(OptionalLong.of(fence));
        long now = clock.getAsLong();
        var state = load(new Name(tenant, key), now);
        if (state.claim().owner().isEmpty() || state.claim().fence() != fence) {
            return Decision.local(new Lost<>());
        }
        var extended = state.withoutEnded(now).with(state.claim().extended(now, leaseMillis * 1000));
        put(new Name(tenant, key), extended, now);
        return Decision.local(new Held<>(MicroClock.instant(extended.claim().lease())));
    }

    @Override
    public synchronized CompletionStage<Decision<OwnerOutcome<Boolean>>> release(
            String tenant, StateKey key, long fence, Deadline deadline) {
        StateWrite.requireFence(OptionalLong.of(fence));
        long now = clock.getAsLong();
        var state = load(new Name(tenant, key), now);
        if (state.isSuperseded(OptionalLong.of(fence))) {
            return Decision.local(new Lost<>());
        }
        if (state.claim().fence() == fence) {
            put(new Name(tenant, key), state.with(state.claim().released()), now);
        }
        return Decision.local(new Held<>(true));
    }

    @Override
    public synchronized CompletionStage<Decision<DeleteOutcome>> delete(
            String tenant, StateKey key, Expectation expect, OptionalLong fence, Deadline deadline) {
        StateWrite.requireFence(fence);
        long now = clock.getAsLong();
        var state = load(new Name(tenant, key), now);
        if (state.isSuperseded(fence)) {
            return Decision.local(new WriterLost());
        }
        if (!state.isLive(now)) {
            return Decision.local(new DeleteOutcome.Deleted());
        }
        var refusal = state.refusal(fence, expect, now);
        if (refusal.isPresent()) {
            return Decision.local(refusal.get());
        }
        put(new Name(tenant, key), state.deleted(now), now);
        return Decision.local(new DeleteOutcome.Deleted());
    }

    @Override
    public synchronized CompletionStage<Decision<StatePage>> list(
            String tenant, String group, int limit, Optional<Cursor> before, Deadline deadline) {
        StateKey.requireGroup(group);
        StatePage.requireLimit(limit);
        long now = clock.getAsLong();
        var found = states.entries(name -> name.tenant.equals(tenant) && name.key.isIn(group)).values().stream()
                .filter(state -> state.isLive(now))
                .filter(state -> before.isEmpty() || state.isBefore(before.get()))
                .sorted(LocalState.LATEST_FIRST)
                .limit(limit)
                .map(state -> load(new Name(tenant, state.key()), now))
                .map(state -> new Entry(state.key().id(), state.info(now)))
                .toList();
        var next = found.size() < limit
                ? Optional.<Cursor>empty()
                : Optional.of(new Cursor(
                        found.getLast().info().version(), found.getLast().id()));
        return Decision.local(new StatePage(found, next));
    }

    /** Returns whether there is a record of the state and, for a writer with a fence, of a claim. */
    synchronized boolean has(String tenant, StateKey key, OptionalLong fence) {
        var state = load(new Name(tenant, key), clock.getAsLong());
        return fence.isPresent() ? state.claim().fence() > 0 : state.latest() > 0;
    }

    /** Stores the copy of a state on Redis, unless there is a record of it. */
    synchronized void adopt(String tenant, StateKey key, Found found) {
        if (!has(tenant, key, OptionalLong.empty())) {
            put(new Name(tenant, key), LocalState.of(key, found), clock.getAsLong());
        }
    }

    /** Drops all records without a live state that was written here, and returns the others. */
    synchronized Map<Name, LocalState> retainWritten() {
        long now = clock.getAsLong();
        var written = states.entries(_ -> true);
        written.values().removeIf(state -> !state.isLive(now) || state.writes().isEmpty());
        states.removeIf(name -> !written.containsKey(name));
        return written;
    }

    /** Removes {@code state}, unless a later write has replaced it. */
    synchronized void remove(Name name, LocalState state) {
        var current = states.get(name);
        if (current != null && current.version() == state.version()) {
            states.remove(name);
        }
    }

    private LocalState load(Name name, long now) {
        var state = states.get(name);
        if (state == null || state.latest() + TOMBSTONE < now) {
            states.remove(name); // A step back of the clock must not bring it back.
            return LocalState.none(name.key);
        }
        var current = state.with(state.claim().restarted(now));
        if (!current.equals(state)) {
            put(name, current, now);
        }
        return current;
    }

    private long next(long last, long now) {
        return Math.max(now, Math.max(last, dropped) + 1);
    }

    private boolean put(Name name, LocalState state, long now) {
        var life = Duration.of(Math.max(state.latest(), now) - now + TOMBSTONE + 1, ChronoUnit.MICROS);
        return states.put(name, state, life);
    }

    /** Runs an operation, which returns null if there is no room. Then drops records and runs it once more. */
    private <T> CompletionStage<Decision<T>> withRoom(LongFunction<@Nullable T> operation) {
        long now = clock.getAsLong();
        var outcome = operation.apply(now);
        if (outcome == null && dropEnded(now)) {
            outcome = operation.apply(now);
        }
        return outcome == null
                ? CompletableFuture.completedStage(new Unavailable<>(Duration.ofSeconds(1)))
                : Decision.local(outcome);
    }

    /** Drops the records of states without content or claim, at most once a second. */
    private boolean dropEnded(long now) {
        if (Math.abs(now - lastDrop) < 1_000_000) {
            return false;
        }
        lastDrop = now;
        states.entries(_ -> true).forEach((name, state) -> {
            if (!state.isLive(now) && !state.claim().isLive(now)) {
                dropped = Math.max(
                        dropped, Math.max(state.version(), state.claim().fence()));
                states.remove(name);
            }
        });
        return true;
    }
}
