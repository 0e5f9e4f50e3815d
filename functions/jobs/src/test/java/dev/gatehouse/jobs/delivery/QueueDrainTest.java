// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.jobs.DueTime;
import dev.gatehouse.jobs.JobDetails;
import dev.gatehouse.jobs.JobPayload;
import dev.gatehouse.jobs.JobState;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.QueueCounts;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.drain.DrainReport;
import dev.gatehouse.jobs.drain.DrainReport.End;
import dev.gatehouse.jobs.drain.Jobs;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Drains of real queues into a target on loopback. */
@Timeout(60)
class QueueDrainTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static RedisProcess redis;
    private static RedisLink link;
    private static Jobs jobs;

    private final FakeTarget fake = new FakeTarget();
    private final QueueName queue = QueueName.of(UUID.randomUUID().toString());
    private final QueueName other = QueueName.of(UUID.randomUUID().toString());
    private final Map<QueueName, QueueCounts> counts = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        jobs = Jobs.over(link);
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    @AfterEach
    void close() {
        fake.close();
    }

    private QueueDrain drain(String... namesAndValues) {
        var settings = new HashMap<>(Map.of(
                "GATEHOUSE_JOBS_TARGET",
                fake.url().toString(),
                "GATEHOUSE_JOBS_QUEUES",
                queue.name() + " " + other.name(),
                "GATEHOUSE_JOBS_SECRET",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "GATEHOUSE_JOBS_TIMEOUT_SECONDS",
                "10"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new QueueDrain(jobs, DrainSettings.from(settings).orElseThrow(), Duration.ofSeconds(5), counts::put);
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        assertThat(stage.toCompletableFuture().join()).isInstanceOf(Decided.class);
        return ((Decided<T>) stage.toCompletableFuture().join()).value();
    }

    private static Deadline patience() {
        return Deadline.in(PATIENCE);
    }

    private void enqueue(QueueName name, String id) {
        decided(jobs.store().enqueue("default", name, NewJob.of(id, JobPayload.of("1")), patience()));
    }

    private JobDetails inspect(String id) {
        return decided(jobs.store().inspect("default", queue, id, patience())).orElseThrow();
    }

    private QueueCounts count(QueueName name) {
        return decided(jobs.store().counts("default", name, patience()));
    }

    @Test
    void deliversTheJobsOfEveryQueueUntilNoneIsDue() {
        for (int i = 0; i < 30; i++) {
            enqueue(queue, "a" + i);
        }
        enqueue(other, "b");

        var reports = drain().run(patience());

        assertThat(reports).extracting(DrainReport::completed).containsExactly(30L, 1L);
        assertThat(reports).extracting(DrainReport::end).containsOnly(End.EMPTY);
        assertThat(fake.received()).hasSize(31);
        assertThat(count(queue)).isEqualTo(new QueueCounts(0, 0, 0, 0, 0, 0, Optional.empty()));
        assertThat(counts.get(queue).due()).as("before the run").isEqualTo(30);
    }

    @Test
    void aTargetFailsHangsOrRefusesPerJob() {
        fake.reply("fails", FakeTarget.status(500));
        fake.reply("waits", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "600");
            exchange.sendResponseHeaders(503, -1);
        });
        fake.reply("gone", FakeTarget.status(410));
        fake.reply("hangs", fake.hanging());
        List.of("fails", "waits", "gone", "hangs", "works").forEach(id -> enqueue(queue, id));

        var report =
                drain("GATEHOUSE_JOBS_TIMEOUT_SECONDS", "1").run(patience()).getFirst();

        assertThat(report.completed()).isEqualTo(1);
        assertThat(report.failed()).as("and retries that became due").isGreaterThanOrEqualTo(4);
        assertThat(inspect("waits").dueAt()).isAfter(Instant.now().plusSeconds(500));
        assertThat(inspect("gone").state()).isEqualTo(JobState.DEAD);
        assertThat(inspect("gone").death().orElseThrow().reason()).isEqualTo("the target replied with 410");
        assertThat(inspect("hangs").attempt()).isGreaterThan(1);
        assertThat(inspect("fails").attempt()).isGreaterThan(1);
    }

    @Test
    void stopsBeforeTheEndAndLeavesTheRest() {
        for (int i = 0; i < 40; i++) {
            fake.reply("a" + i, exchange -> {
                await().pollDelay(Duration.ofMillis(150)).until(() -> true);
                exchange.sendResponseHeaders(204, -1);
            });
            enqueue(queue, "a" + i);
        }
        var end = Deadline.in(Duration.ofSeconds(4));

        var report = drain("GATEHOUSE_JOBS_AT_ONCE", "1").run(end).getFirst();

        assertThat(end.isSpent()).isFalse();
        assertThat(report.end()).isEqualTo(End.TIME);
        assertThat(report.attended()).as("jobs are due").isFalse();
        var left = count(queue);
        assertThat(left.active()).as("no lease is left to run out").isZero();
        assertThat(left.drainers()).isZero();
        assertThat(left.due()).isEqualTo(40 - report.completed());
    }

    @Test
    void aQueueWithoutDueJobsCostsOneCommand() {
        decided(jobs.store()
                .enqueue(
                        "default",
                        queue,
                        NewJob.of("later", JobPayload.of("1")).withDue(new DueTime.After(600_000)),
                        patience()));
        var drain = drain();
        drain.run(patience());
        long before = redis.calls("evalsha");

        drain.run(patience());

        assertThat(redis.calls("evalsha") - before)
                .as("one for each of two queues")
                .isEqualTo(2);
        assertThat(fake.received()).isEmpty();
    }

    @Test
    void twoDrainsDeliverEachJobOnce() {
        for (int i = 0; i < 50; i++) {
            enqueue(queue, "a" + i);
        }

        var runs = List.of(
                CompletableFuture.supplyAsync(() -> drain().run(patience())),
                CompletableFuture.supplyAsync(() -> drain().run(patience())));

        assertThat(runs.stream()
                        .mapToLong(run -> run.join().getFirst().completed())
                        .sum())
                .isEqualTo(50);
        assertThat(fake.received()).hasSize(50);
    }

    @Test
    void withoutRedisTheReportSaysSo() {
        try (var gone = RedisProcess.start();
                var lost = RedisLink.to(LinkProbe.patientSettings(gone.url()))) {
            gone.stop();
            var settings = DrainSettings.from(Map.of(
                            "GATEHOUSE_JOBS_TARGET", fake.url().toString(),
                            "GATEHOUSE_JOBS_QUEUES", "q",
                            "GATEHOUSE_JOBS_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
                    .orElseThrow();

            var report = new QueueDrain(Jobs.over(lost), settings, Duration.ofSeconds(1), (_, _) -> {})
                    .run(patience())
                    .getFirst();

            assertThat(report.end()).isEqualTo(End.UNAVAILABLE);
            assertThat(report.attended()).isFalse();
        }
    }
}
