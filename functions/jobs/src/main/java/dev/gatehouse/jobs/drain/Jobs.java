// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.RedisJobStore;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * Enqueues jobs and drains queues.
 *
 * {@snippet :
 * var jobs = Jobs.fromEnvironment();
 * jobs.store().enqueue("my-app", QueueName.of("mail"), NewJob.of(JobPayload.of("{\"to\":1}")), deadline);
 * jobs.drain("my-app", QueueName.of("mail"), DrainOptions.DEFAULT, endOfInvocation, job -> {
 *     send(job.payload().json());
 *     return JobResult.DONE;
 * });
 * }
 */
public final class Jobs implements AutoCloseable {

    private static final Executor VIRTUAL =
            task -> Thread.ofVirtual().name("gatehouse-drain").start(task);

    private final JobStore store;
    private final Duration budget;
    private final Runnable onClose;

    /**
     * Creates jobs on {@code store}.
     *
     * @param budget the time limit of each step: a take, the end of a lease, an extension
     */
    public Jobs(JobStore store, Duration budget) {
        this(store, budget, () -> {});
    }

    private Jobs(JobStore store, Duration budget, Runnable onClose) {
        this.store = store;
        this.budget = budget;
        this.onClose = onClose;
    }

    /**
     * Opens jobs, as by {@link #over}, on the Redis that the environment configures by {@code REDIS_URL}.
     *
     * @throws InvalidSetting if a setting is invalid
     */
    public static Jobs fromEnvironment() {
        return owning(RedisLink.fromEnvironment());
    }

    /** Opens jobs as {@link #fromEnvironment} does, but configured by {@code environment}. */
    public static Jobs from(Map<String, String> environment) {
        return owning(RedisLink.retrying(RedisSettings.fromEnvironment(environment)));
    }

    private static Jobs owning(RedisLink link) {
        try {
            return over(link, link::close);
        } catch (InvalidSetting invalid) {
            link.close();
            throw invalid;
        }
    }

    /**
     * Creates jobs on {@code link}.
     *
     * @throws InvalidSetting if the settings disable Redis: a job in memory would be a lost job
     */
    public static Jobs over(RedisLink link) {
        return over(link, () -> {});
    }

    private static Jobs over(RedisLink link, Runnable onClose) {
        if (!link.settings().enabled()) {
            throw new InvalidSetting("ENABLE_REDIS", "must not be false for jobs, which are kept on Redis only");
        }
        return new Jobs(new RedisJobStore(link), link.settings().decisionBudget(), onClose);
    }

    /** Returns the store, to enqueue and for other calls. */
    public JobStore store() {
        return store;
    }

    /**
     * Takes jobs and runs {@code handler} for each until none is due or the time is nearly over. Extends the leases while the
     * work runs, each time half of them has elapsed; none outlasts {@code end}. Gives back jobs that it has not begun. The first
     * worker runs on the calling thread, which blocks, the others on virtual threads. While one works, the others take again each
     * second.
     *
     * <p>No work is stopped: one that runs beyond {@code end} keeps its lease no longer, so that the job may run again. If the
     * calling thread is interrupted, no other work begins.
     *
     * @param end the end of the invocation
     */
    public DrainReport drain(String tenant, QueueName queue, DrainOptions options, Deadline end, JobHandler handler) {
        var group = new WorkerGroup(options.workers());
        var others = new ArrayList<CompletableFuture<DrainReport>>();
        for (int i = 1; i < options.workers(); i++) {
            var worker = new DrainWorker(store, tenant, queue, options, budget, end, handler, group);
            others.add(CompletableFuture.supplyAsync(worker::run, VIRTUAL));
        }
        var report = new DrainWorker(store, tenant, queue, options, budget, end, handler, group).run();
        for (var other : others) {
            report = report.plus(await(other, group));
        }
        return report;
    }

    /** Waits for a worker, which an interrupt of the calling thread stops after its job. */
    private static DrainReport await(CompletableFuture<DrainReport> worker, WorkerGroup group) {
        boolean interrupted = false;
        while (!worker.isDone()) {
            try {
                worker.get();
            } catch (InterruptedException _) {
                interrupted = true;
                group.stop();
            } catch (ExecutionException _) {
                // Thrown below.
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return worker.join();
    }

    /** Closes the link of {@link #fromEnvironment}. A link passed to {@link #over} stays open. */
    @Override
    public void close() {
        onClose.run();
    }
}
