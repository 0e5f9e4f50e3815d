// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Waits while states have the version that the reader has. A write by another process ends the wait after at
 * most {@value #LONGEST_PAUSE_MILLIS} ms and a round trip; one by this process at once. If a tenant has too many waiters, the
 * outcome is {@link Unchanged} at once.
 */
public final class WaitingStateStore {

    /** The default bound on the waiters of a tenant, each of which reads about 33 times a second. */
    public static final int DEFAULT_MAX_WAITERS = 100;

    static final long LONGEST_PAUSE_MILLIS = 30;

    private final StateStore states;
    private final Duration budget;
    private final DecisionWaiters<ReadOutcome> waiters;

    /**
     * Creates a store with waiting.
     *
     * @param maxWaiters the bound on the waiters of a tenant; 0 for no waiting
     * @param budget the time limit of each read
     */
    public WaitingStateStore(StateStore states, int maxWaiters, Duration budget) {
        this.states = states;
        this.budget = budget;
        this.waiters = new DecisionWaiters<>(
                maxWaiters,
                outcome -> outcome instanceof Unchanged
                        ? Optional.of(Duration.ofMillis(LONGEST_PAUSE_MILLIS))
                        : Optional.empty());
    }

    /**
     * Reads as {@link StateStore#read} does, and waits up to {@code wait} for another version or the end of the state, but not
     * beyond the deadline.
     *
     * @param cancellation ends the wait when it completes
     */
    public CompletionStage<Decision<ReadOutcome>> read(
            String tenant,
            StateKey key,
            OptionalLong knownVersion,
            CompletableFuture<Void> cancellation,
            Duration wait,
            Deadline deadline) {
        var until = deadline.atMost(wait);
        return poll(tenant, key, knownVersion, deadline)
                .thenCompose(first -> waiters.await(
                        tenant,
                        key.redisKey(tenant),
                        first,
                        () -> poll(tenant, key, knownVersion, deadline),
                        cancellation,
                        until,
                        deadline));
    }

    private CompletionStage<Decision<ReadOutcome>> poll(
            String tenant, StateKey key, OptionalLong knownVersion, Deadline deadline) {
        return states.read(tenant, key, knownVersion, deadline.atMost(budget));
    }

    /** Saves as {@link StateStore#save} does. The waiters of the state in this process read at once. */
    public CompletionStage<Decision<WriteOutcome>> save(String tenant, StateWrite write, Deadline deadline) {
        return waking(tenant, List.of(write.key()), states.save(tenant, write, deadline));
    }

    /** Saves as {@link StateStore#saveAll} does. The waiters of the states in this process read at once. */
    public CompletionStage<Decision<BatchOutcome>> saveAll(String tenant, List<StateWrite> writes, Deadline deadline) {
        return waking(tenant, writes.stream().map(StateWrite::key).toList(), states.saveAll(tenant, writes, deadline));
    }

    /** Deletes as {@link StateStore#delete} does. The waiters of the state in this process read at once. */
    public CompletionStage<Decision<DeleteOutcome>> delete(
            String tenant, StateKey key, Expectation expect, OptionalLong fence, Deadline deadline) {
        return waking(tenant, List.of(key), states.delete(tenant, key, expect, fence, deadline));
    }

    private <T> CompletionStage<T> waking(String tenant, List<StateKey> keys, CompletionStage<T> write) {
        return write.whenComplete((_, _) -> keys.forEach(key -> waiters.wake(key.redisKey(tenant))));
    }

    /** Returns the number of waiters of {@code tenant}. */
    int waiting(String tenant) {
        return waiters.waiting(tenant);
    }
}
