// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.jobs.QueueCounts;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.drain.DrainOptions;
import dev.gatehouse.jobs.drain.DrainReport;
import dev.gatehouse.jobs.drain.DrainReport.End;
import dev.gatehouse.jobs.drain.Jobs;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** Drains the configured queues into the configured target. */
public final class QueueDrain {

    private static final Executor VIRTUAL =
            task -> Thread.ofVirtual().name("gatehouse-drain").start(task);

    /** The time to record the result of a delivery before the end. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final Jobs jobs;
    private final DrainSettings settings;
    private final Duration budget;
    private final BiConsumer<QueueName, QueueCounts> onCounts;

    /**
     * Creates a drain.
     *
     * @param budget the time limit of a call to Redis
     * @param onCounts receives the numbers of jobs before each run; may be called by several threads
     */
    public QueueDrain(Jobs jobs, DrainSettings settings, Duration budget, BiConsumer<QueueName, QueueCounts> onCounts) {
        this.jobs = jobs;
        this.settings = settings;
        this.budget = budget;
        this.onCounts = onCounts;
    }

    /**
     * Delivers the jobs of all queues until none is due or the time is over. Blocks; the queues are drained at once. A queue without
     * due jobs costs one command. No delivery begins whose time limit would exceed the end, unless the end is nearer than
     * twice the limit.
     *
     * @param end the end of the invocation
     * @return the report of each queue, in the order of the settings
     * @throws dev.gatehouse.redis.config.InvalidSetting if the secret cannot be read; no job is taken
     * @throws dev.gatehouse.redis.aws.AwsFailure if there are no credentials to invoke a function; no job is taken
     */
    public List<DrainReport> run(Deadline end) {
        try (var target = settings.destination().open()) {
            var drains = settings.queues().stream()
                    .map(queue -> CompletableFuture.supplyAsync(() -> drain(queue, target, end), VIRTUAL))
                    .toList();
            return drains.stream().map(CompletableFuture::join).toList();
        }
    }

    /**
     * Delivers the jobs of one queue, as {@link #run(Deadline)}. If the calling thread is interrupted, no other delivery begins.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if the secret cannot be read; no job is taken
     * @throws dev.gatehouse.redis.aws.AwsFailure if there are no credentials to invoke a function; no job is taken
     */
    public DrainReport run(QueueName queue, Deadline end) {
        try (var target = settings.destination().open()) {
            return drain(queue, target, end);
        }
    }

    private DrainReport drain(QueueName queue, JobTarget target, Deadline end) {
        return switch (jobs.store()
                .counts(settings.tenant(), queue, end.atMost(budget))
                .toCompletableFuture()
                .join()) {
            case Unavailable<QueueCounts> _ -> new DrainReport(0, 0, 0, 0, End.UNAVAILABLE, false, Optional.empty());
            case Decided<QueueCounts>(var counts, var _) -> {
                onCounts.accept(queue, counts);
                yield counts.due() == 0
                        ? new DrainReport(0, 0, 0, 0, End.EMPTY, true, Optional.empty())
                        : deliver(queue, target, end);
            }
        };
    }

    private DrainReport deliver(QueueName queue, JobTarget target, Deadline end) {
        var half = Duration.ofNanos(end.remainingNanos() / 2);
        var reserve = settings.timeout().plus(MARGIN);
        var options = DrainOptions.DEFAULT
                .withWorkers(settings.atOnce())
                .withLeaseMillis(reserve.toMillis())
                .withReserve(reserve.compareTo(half) < 0 ? reserve : half);
        return jobs.drain(settings.tenant(), queue, options, end, job -> target.deliver(queue, job, limit(end)));
    }

    /** Returns the time limit of a delivery that begins now. */
    private Duration limit(Deadline end) {
        long left = end.remainingNanos() - MARGIN.toNanos();
        return Duration.ofNanos(Math.clamp(left, 1, settings.timeout().toNanos()));
    }
}
