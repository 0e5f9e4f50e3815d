// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Waits while no job can be taken. A job that another process makes takeable ends the wait after at most half a second and a
 * round trip; one by this process, or one whose time has come, at once. If a tenant has too many waiters, the outcome has no
 * jobs at once.
 */
public final class WaitingJobStore {

    /** The default bound on the waiters of a tenant, each of which takes about twice a second. */
    public static final int DEFAULT_MAX_WAITERS = 300;

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final JobStore jobs;
    private final Duration budget;
    private final DecisionWaiters<TakeOutcome> waiters;

    /**
     * Creates a store with waiting.
     *
     * @param maxWaiters the bound on the waiters of a tenant; 0 for no waiting
     * @param budget the time limit of each take
     */
    public WaitingJobStore(JobStore jobs, int maxWaiters, Duration budget) {
        this.jobs = jobs;
        this.budget = budget;
        this.waiters = new DecisionWaiters<>(maxWaiters, WaitingJobStore::pause);
    }

    /** Returns the time until a job may be takeable; empty if jobs were taken. */
    private static Optional<Duration> pause(TakeOutcome taken) {
        if (!taken.jobs().isEmpty() || taken.left()) {
            return Optional.empty();
        }
        // The clock of Redis may be ahead, so that the time has passed here already.
        return Optional.of(taken.nextDueAt()
                .map(due -> Duration.between(Instant.now(), due))
                .map(pause -> pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause)
                .filter(pause -> pause.compareTo(LONGEST_PAUSE) < 0)
                .orElse(LONGEST_PAUSE));
    }

    /**
     * Takes as {@link JobStore#take} does, and waits up to {@code wait} for a job, but not beyond the deadline. With a maximum
     * of 0 there is no wait.
     *
     * @param cancellation ends the wait when it completes
     */
    public CompletionStage<Decision<TakeOutcome>> take(
            String tenant,
            QueueName queue,
            TakeOptions options,
            CompletableFuture<Void> cancellation,
            Duration wait,
            Deadline deadline) {
        var until = deadline.atMost(options.max() == 0 ? Duration.ZERO : wait);
        return poll(tenant, queue, options, deadline)
                .thenCompose(first -> waiters.await(
                        tenant,
                        subject(tenant, queue),
                        first,
                        () -> poll(tenant, queue, options, deadline),
                        cancellation,
                        until,
                        deadline));
    }

    private static String subject(String tenant, QueueName queue) {
        return tenant + " " + queue.name();
    }

    private CompletionStage<Decision<TakeOutcome>> poll(
            String tenant, QueueName queue, TakeOptions options, Deadline deadline) {
        return jobs.take(tenant, queue, options, deadline.atMost(budget));
    }

    /** Makes the waiters of {@code queue} in this process take at once: a job may have become takeable. */
    public void wake(String tenant, QueueName queue) {
        waiters.wake(subject(tenant, queue));
    }

    /** Returns the number of waiters of {@code tenant}. */
    int waiting(String tenant) {
        return waiters.waiting(tenant);
    }
}
