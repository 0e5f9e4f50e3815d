// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Waits while a log has no event after the position of a reader. A publication by another process ends the wait after at most
 * {@value #LONGEST_PAUSE_MILLIS} ms and a round trip; one by this process at once. If a tenant has too many waiters, the outcome
 * has no events at once.
 */
public final class WaitingChannelLog {

    /** The default bound on the waiters of a tenant, each of which reads about ten times a second. */
    public static final int DEFAULT_MAX_WAITERS = 300;

    static final long LONGEST_PAUSE_MILLIS = 100;

    private final ChannelLog log;
    private final Duration budget;
    private final DecisionWaiters<CatchUp> waiters;

    /**
     * Creates a log with waiting.
     *
     * @param maxWaiters the bound on the waiters of a tenant; 0 for no waiting
     * @param budget the time limit of each read
     */
    public WaitingChannelLog(ChannelLog log, int maxWaiters, Duration budget) {
        this.log = log;
        this.budget = budget;
        this.waiters = new DecisionWaiters<>(
                maxWaiters,
                outcome -> outcome.recovered() && outcome.events().isEmpty()
                        ? Optional.of(Duration.ofMillis(LONGEST_PAUSE_MILLIS))
                        : Optional.empty());
    }

    /**
     * Catches up as {@link ChannelLog#catchUp} does, and waits up to {@code wait} for an event after {@code since}, but not
     * beyond the deadline. Without a position there is no wait.
     *
     * @param cancellation ends the wait when it completes
     */
    public CompletionStage<Decision<CatchUp>> catchUp(
            String tenant,
            ChannelName channel,
            Optional<Position> since,
            int limit,
            CompletableFuture<Void> cancellation,
            Duration wait,
            Deadline deadline) {
        var until = deadline.atMost(since.isPresent() ? wait : Duration.ZERO);
        return poll(tenant, channel, since, limit, deadline)
                .thenCompose(first -> waiters.await(
                        tenant,
                        channel.redisKey(tenant, ""),
                        first,
                        () -> poll(tenant, channel, since, limit, deadline),
                        cancellation,
                        until,
                        deadline));
    }

    private CompletionStage<Decision<CatchUp>> poll(
            String tenant, ChannelName channel, Optional<Position> since, int limit, Deadline deadline) {
        return log.catchUp(tenant, channel, since, limit, deadline.atMost(budget));
    }

    /** Publishes as {@link ChannelLog#publish} does. The waiters of the channel in this process read at once. */
    public CompletionStage<Decision<PublishOutcome>> publish(
            String tenant, ChannelName channel, Publication publication, Deadline deadline) {
        return log.publish(tenant, channel, publication, deadline)
                .whenComplete((_, _) -> waiters.wake(channel.redisKey(tenant, "")));
    }

    /** Returns the number of waiters of {@code tenant}. */
    int waiting(String tenant) {
        return waiters.waiting(tenant);
    }
}
