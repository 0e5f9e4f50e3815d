// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.jobs;

import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.jobs.EnqueueOutcome;
import dev.gatehouse.jobs.JobPayload;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.jobs.WaitingJobStore;
import dev.gatehouse.jobs.drain.DrainOptions;
import dev.gatehouse.jobs.drain.JobResult;
import dev.gatehouse.jobs.drain.Jobs;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Jobs of Gatehouse as a library, over one link. A drainer with eight workers takes and completes. */
final class GatehouseJobs implements JobSystem {

    private static final String TENANT = "bench";
    private static final QueueName QUEUE = QueueName.of("bench");
    private static final Duration BUDGET = Duration.ofSeconds(10);
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Duration DRAIN = Duration.ofMinutes(2);

    /** The treatment of a queue without jobs. */
    enum WhenIdle {
        /** The drainer leaves, and a schedule or an enqueuer starts the next one. */
        LEAVE,
        /** Eight takers wait in this process. */
        WAIT
    }

    private final String name;
    private final int database;
    private final DrainOptions options;
    private final WhenIdle whenIdle;
    private final RedisLink link;
    private final Jobs jobs;
    private final WorkerThreads threads = new WorkerThreads();

    /** @param batch the jobs of one take */
    GatehouseJobs(String name, String url, int database, int batch, WhenIdle whenIdle) {
        this.name = name;
        this.database = database;
        this.options = DrainOptions.DEFAULT.withWorkers(WORKERS).withBatch(batch);
        this.whenIdle = whenIdle;
        this.link = BenchRedis.link(url + "/" + database);
        this.jobs = Jobs.over(link);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Role role() {
        return Role.OURS;
    }

    @Override
    public int database() {
        return database;
    }

    @Override
    public Run run(int millis) throws Exception {
        var start = System.nanoTime();
        var enqueued = threads.repeat(Duration.ofMillis(millis), _ -> enqueue());
        var middle = System.nanoTime();
        var report = jobs.drain(TENANT, QUEUE, options, Deadline.in(DRAIN), _ -> JobResult.DONE);
        var end = System.nanoTime();
        if (report.completed() != enqueued) {
            throw new IllegalStateException("enqueued %d, %s".formatted(enqueued, report));
        }
        return new Run(enqueued, (middle - start) / 1e9, (end - middle) / 1e9);
    }

    private long enqueue() {
        var job = NewJob.of(JobPayload.of(PAYLOAD));
        var outcome = BenchRedis.decided(jobs.store().enqueue(TENANT, QUEUE, job, BenchRedis.deadline()));
        if (!(outcome instanceof EnqueueOutcome.Queued)) {
            throw new IllegalStateException("not queued: " + outcome);
        }
        return 1;
    }

    @Override
    public void startIdling() {
        if (whenIdle == WhenIdle.WAIT) {
            var waiting = new WaitingJobStore(jobs.store(), WORKERS, BUDGET);
            threads.repeatUntilClosed(_ -> take(waiting));
        }
    }

    private static long take(WaitingJobStore waiting) {
        var deadline = Deadline.in(WAIT.plus(BUDGET));
        var outcome = BenchRedis.decided(
                waiting.take(TENANT, QUEUE, TakeOptions.of(1), new CompletableFuture<>(), WAIT, deadline));
        return outcome.jobs().size();
    }

    @Override
    public void close() {
        threads.close();
        jobs.close();
        link.close();
    }
}
