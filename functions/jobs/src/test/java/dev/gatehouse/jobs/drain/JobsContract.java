// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.jobs.JobPayload;
import dev.gatehouse.jobs.JobState;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.QueueCounts;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.RedisJobStore;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.drain.DrainReport.End;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of {@link Jobs#drain}, for each Redis. */
abstract class JobsContract {

    static final QueueName Q = QueueName.of("q");
    static final JobPayload PAYLOAD = JobPayload.of("{}");
    static final DrainOptions BRIEF = DrainOptions.DEFAULT.withReserve(Duration.ZERO);

    final String tenant = "tenant-" + UUID.randomUUID();

    abstract RedisLink link();

    private Jobs jobs() {
        return new Jobs(new RedisJobStore(link()), Duration.ofSeconds(10));
    }

    @Test
    void drainsUntilNothingIsDueAndLeaves() {
        enqueue(25);
        var handled = new ConcurrentLinkedQueue<String>();

        var report = drain(BRIEF.withBatch(10), job -> {
            handled.add(job.id());
            return JobResult.DONE;
        });

        assertThat(report).isEqualTo(new DrainReport(25, 0, 0, 0, End.EMPTY, true, Optional.empty()));
        assertThat(handled).containsExactlyElementsOf(ids(25));
        assertThat(counts().drainers()).isZero();
        assertThat(counts().active()).isZero();
    }

    @Test
    void eachResultEndsItsJob() {
        for (var id : List.of("done", "retry", "later", "dead", "throws")) {
            enqueued(NewJob.of(id, PAYLOAD));
        }
        var report = drain(BRIEF, job -> switch (job.id()) {
            case "retry" -> job.attempt() == 1 ? JobResult.retryIn(0, "again") : JobResult.DONE;
            case "later" -> JobResult.retryIn(60_000, "later");
            case "dead" -> JobResult.dead("no use");
            case "throws" -> throw new IllegalStateException("secret");
            default -> JobResult.DONE;
        });

        assertThat(report.completed()).isEqualTo(2);
        assertThat(report.failed()).isEqualTo(4);
        assertThat(report.end()).isEqualTo(End.EMPTY);
        assertThat(report.nextDueAt()).isPresent();
        assertThat(counts().delayed()).isEqualTo(2);
        var dead =
                decided(jobs().store().inspect(tenant, Q, "dead", patience())).orElseThrow();
        assertThat(dead.state()).isEqualTo(JobState.DEAD);
        assertThat(dead.death().orElseThrow().reason()).isEqualTo("no use");
    }

    @Test
    void theLeasesOfWorkAndOfWaitingJobsAreExtended() {
        enqueue(2);
        var other = new ConcurrentLinkedQueue<TakenJob>();

        var report = drain(BRIEF.withBatch(2).withLeaseMillis(400), job -> {
            if (job.id().equals("job-0")) {
                // Until the first lease would have ended twice.
                var until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(900);
                await().until(() -> {
                    other.addAll(take());
                    return System.nanoTime() > until;
                });
                assertThat(counts().drainers()).isEqualTo(1);
            }
            return JobResult.DONE;
        });

        assertThat(other).isEmpty();
        assertThat(report.completed()).isEqualTo(2);
        assertThat(report.lost()).isZero();
    }

    @Test
    void beforeTheEndOfTheTimeItGivesBackWhatItHasNotBegun() {
        enqueue(5);
        var options = BRIEF.withBatch(3).withReserve(Duration.ofSeconds(20));
        var begun = new ConcurrentLinkedQueue<String>();

        var report = jobs().drain(tenant, Q, options, Deadline.in(Duration.ofMillis(20_500)), job -> {
            begun.add(job.id());
            await().pollDelay(Duration.ofMillis(700)).until(() -> true);
            return JobResult.DONE;
        });

        assertThat(begun).containsExactly("job-0");
        assertThat(report).isEqualTo(new DrainReport(1, 0, 0, 2, End.TIME, false, report.nextDueAt()));
        assertThat(counts().due()).isEqualTo(4);
        assertThat(counts().drainers()).isZero();
        assertThat(take()).extracting(TakenJob::id, TakenJob::attempt).containsExactly(tuple("job-1", 1));
    }

    @Test
    void severalWorkersRunAtOnceAndAGroupOfOneNeverOverlaps() {
        for (int i = 0; i < 40; i++) {
            enqueued(NewJob.of("job-" + i, PAYLOAD).withGroup("g" + i % 2, 1));
        }
        var running = new ConcurrentHashMap<String, Boolean>();
        var both = new CountDownLatch(2);
        var overlaps = new ConcurrentLinkedQueue<String>();

        var report = drain(BRIEF.withWorkers(4), job -> {
            var group = job.group().orElseThrow();
            if (running.put(group, true) != null) {
                overlaps.add(job.id());
            }
            both.countDown();
            assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
            running.remove(group);
            return job.attempt() == 1 && job.id().endsWith("7") ? JobResult.retryIn(0, "once more") : JobResult.DONE;
        });

        assertThat(overlaps).isEmpty();
        assertThat(report.completed()).isEqualTo(40);
        assertThat(report.failed()).isEqualTo(4);
    }

    @Test
    void anInterruptStopsTheDrainerAfterItsJob() throws Exception {
        enqueue(3);
        var begun = new CountDownLatch(1);
        var report = new CompletableFuture<DrainReport>();
        var thread = Thread.ofPlatform()
                .start(() -> report.complete(drain(BRIEF.withBatch(3), _ -> {
                    begun.countDown();
                    Thread.sleep(60_000);
                    return JobResult.DONE;
                })));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();

        var ended = report.get(20, TimeUnit.SECONDS);
        assertThat(ended).isEqualTo(new DrainReport(0, 1, 0, 2, End.TIME, false, ended.nextDueAt()));
    }

    final DrainReport drain(DrainOptions options, JobHandler handler) {
        return jobs().drain(tenant, Q, options, Deadline.in(Duration.ofMinutes(1)), handler);
    }

    final void enqueue(int count) {
        ids(count).forEach(id -> enqueued(NewJob.of(id, PAYLOAD)));
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "job-" + i).toList();
    }

    private void enqueued(NewJob job) {
        decided(jobs().store().enqueue(tenant, Q, job, patience()));
    }

    private List<TakenJob> take() {
        return decided(jobs().store().take(tenant, Q, TakeOptions.of(1), patience()))
                .jobs();
    }

    private QueueCounts counts() {
        return decided(jobs().store().counts(tenant, Q, patience()));
    }

    static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
