package dev.gatehouse.state;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reads states, and waits while they have the version that the reader has. A write by another process ends the wait after at
 * most {@value #LONGEST_PAUSE_MILLIS} ms and a round trip; one by this process at once. If a tenant has too many waiters, the
 * outcome is {@link Unchanged} at once.
 */
public final class WaitingStateReader {

    /** The default bound on the waiters of a tenant, each of which reads about 33 times a second. */
    public static final int DEFAULT_MAX_WAITERS = 100;

    static final long LONGEST_PAUSE_MILLIS = 30;

    private final StateStore states;
    private final Duration budget;
    private final DecisionWaiters<ReadOutcome> waiters;

    /**
     * Creates a reader.
     *
     * @param maxWaiters the bound on the waiters of a tenant; 0 for no waiting
     * @param budget the time limit of each read
     */
    public WaitingStateReader(StateStore states, int maxWaiters, Duration budget) {
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

    /** Makes the waiters of {@code key} in this process read at once. */
    public void wake(String tenant, StateKey key) {
        waiters.wake(key.redisKey(tenant));
    }

    /** Returns the number of waiters of {@code tenant}. */
    int waiting(String tenant) {
        return waiters.waiting(tenant);
    }
}
