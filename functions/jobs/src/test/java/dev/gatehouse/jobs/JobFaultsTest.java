// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each operation under each network fault: a repetition gets the first outcome, and no job is lost or leased twice. */
class JobFaultsTest {

    private static final QueueName Q = QueueName.of("q");
    private static final JobPayload PAYLOAD = JobPayload.of("1");
    private static final Duration BUDGET = Duration.ofSeconds(1);

    private static RedisProcess redis;
    private static RedisLink directLink;
    private static JobStore direct;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        directLink = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        direct = new RedisJobStore(directLink);
    }

    @AfterAll
    static void stop() {
        directLink.close();
        redis.close();
    }

    /** Calls through a proxy with a fault. Each trial has a tenant of its own. */
    private record Storm(WireFault fault, FaultProxy wire, JobStore jobs, String tenant) {

        /** Calls during the fault, and again after it. Returns the outcomes that the caller got, the last one after the fault. */
        <T> List<T> repeated(Supplier<CompletionStage<Decision<T>>> call) {
            fault.strike(wire);
            long from = System.nanoTime();
            var during = join(call.get());
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(BUDGET.plusSeconds(4));
            assertThat(during).isInstanceOfAny(Decided.class, Unavailable.class);
            wire.pass();
            var after = await().atMost(Duration.ofSeconds(30)).until(() -> join(call.get()), Decided.class::isInstance);
            var last = ((Decided<T>) after).value();
            return during instanceof Decided<T>(var value, var _) ? List.of(value, last) : List.of(last);
        }

        <T> T same(Supplier<CompletionStage<Decision<T>>> call) {
            var outcomes = repeated(call);
            assertThat(outcomes.stream().distinct()).hasSize(1);
            return outcomes.getFirst();
        }

        void enqueue(String... ids) {
            Stream.of(ids)
                    .forEach(id -> decided(
                            direct.enqueue(tenant, Q, NewJob.of(id, PAYLOAD).withMaxAttempts(1), patience())));
        }

        List<TakenJob> take(int max) {
            return decided(direct.take(tenant, Q, TakeOptions.of(max), patience()))
                    .jobs();
        }

        QueueCounts counts() {
            return decided(direct.counts(tenant, Q, patience()));
        }
    }

    private interface Trial {
        void under(Storm storm);
    }

    private static final List<Trial> TRIALS = List.of(
            JobFaultsTest::enqueue,
            JobFaultsTest::take,
            JobFaultsTest::complete,
            JobFaultsTest::fail,
            JobFaultsTest::giveBack,
            JobFaultsTest::extend,
            JobFaultsTest::cancel,
            JobFaultsTest::redrive,
            JobFaultsTest::leave);

    /** In the short suite each fault meets three operations. */
    @Test
    @DeepTest
    void underAnyFaultNothingIsLostOrDoneTwice() throws Exception {
        int most = Rounds.of(3, TRIALS.size());
        Threads.each(WireFault.values(), fault -> {
            try (var wire = FaultProxy.inFrontOf(redis);
                    var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
                for (int i = 0; i < most; i++) {
                    var storm = new Storm(fault, wire, new RedisJobStore(link), "tenant-" + UUID.randomUUID());
                    await().until(() -> join(storm.jobs.counts(storm.tenant, Q, patience())) instanceof Decided);
                    TRIALS.get((fault.ordinal() + i * 4) % TRIALS.size()).under(storm);
                }
            }
        });
    }

    private static void enqueue(Storm storm) {
        var job = NewJob.of(PAYLOAD);
        assertThat(storm.same(() -> storm.jobs.enqueue(storm.tenant, Q, job, brief())))
                .isInstanceOf(EnqueueOutcome.Queued.class);
        assertThat(storm.take(2)).extracting(TakenJob::id).containsExactly(job.id());
    }

    /** A lost take can be repeated with its request id; otherwise its leases end, as by a crash. */
    private static void take(Storm storm) {
        storm.enqueue("a", "b", "c");
        var options = TakeOptions.of(2).withAttendance(new Attendance("ada", 60_000, true));
        var taken = storm.repeated(() -> storm.jobs.take(storm.tenant, Q, options, brief()));
        assertThat(taken).allSatisfy(outcome -> assertThat(outcome.jobs())
                .isEqualTo(taken.getFirst().jobs())
                .extracting(TakenJob::id)
                .containsExactly("a", "b"));
        assertThat(storm.counts().active()).isEqualTo(2);
        assertThat(storm.counts().drainers()).isEqualTo(1);
    }

    private static void complete(Storm storm) {
        storm.enqueue("a", "b");
        var leases = storm.take(2).stream().map(TakenJob::jobLease).toList();
        assertThat(storm.same(() -> storm.jobs.completeAll(storm.tenant, Q, leases, brief())))
                .allMatch(Held.class::isInstance);
        assertThat(storm.counts().active()).isZero();
    }

    private static void fail(Storm storm) {
        storm.enqueue("a");
        decided(direct.enqueue(storm.tenant, Q, NewJob.of("b", PAYLOAD).withMaxAttempts(5), patience()));
        var failures = storm.take(2).stream()
                .map(job -> new JobFailure(job.jobLease(), OptionalLong.of(60_000), false, ""))
                .toList();
        var outcomes = storm.same(() -> storm.jobs.failAll(storm.tenant, Q, failures, brief()));
        assertThat(outcomes.getFirst()).isEqualTo(new Held<>(new LeaseEnd.Dead(1, true)));
        assertThat(decided(direct.inspect(storm.tenant, Q, "b", patience()))
                        .orElseThrow()
                        .attempt())
                .isEqualTo(2);
    }

    private static void giveBack(Storm storm) {
        storm.enqueue("a");
        var lease = storm.take(1).getFirst().jobLease();
        assertThat(storm.same(() -> storm.jobs.giveBackAll(storm.tenant, Q, List.of(lease), brief())))
                .allMatch(Held.class::isInstance);
        assertThat(storm.take(2)).extracting(TakenJob::attempt).containsExactly(1);
    }

    private static void extend(Storm storm) {
        storm.enqueue("a");
        var lease = storm.take(1).getFirst().jobLease();
        assertThat(storm.repeated(() -> storm.jobs.extend(storm.tenant, Q, lease, 60_000, brief())))
                .allMatch(Held.class::isInstance);
    }

    private static void cancel(Storm storm) {
        storm.enqueue("a", "b");
        assertThat(storm.same(() -> storm.jobs.cancel(storm.tenant, Q, "a", brief())))
                .as("b is ready, and no drainer attends")
                .isEqualTo(new CancelOutcome.Cancelled(false));
        assertThat(storm.take(2)).extracting(TakenJob::id).containsExactly("b");
    }

    /** Another call does not find the job dead. The store repeats one call by itself. */
    private static void redrive(Storm storm) {
        storm.enqueue("a");
        decided(direct.fail(
                storm.tenant, Q, JobFailure.of(storm.take(1).getFirst().jobLease(), ""), patience()));
        var outcomes = storm.repeated(() -> storm.jobs.redrive(storm.tenant, Q, List.of("a"), brief()));
        if (outcomes.size() == 2) {
            assertThat(outcomes.getFirst()).isEqualTo(new Redriven(List.of("a"), false));
        }
        assertThat(storm.take(2)).extracting(TakenJob::id).containsExactly("a");
    }

    private static void leave(Storm storm) {
        storm.enqueue("a", "b");
        decided(direct.take(
                storm.tenant, Q, TakeOptions.of(1).withAttendance(new Attendance("ada", 60_000, true)), patience()));
        assertThat(storm.repeated(() -> storm.jobs.leave(storm.tenant, Q, "ada", brief())))
                .noneMatch(LeaveOutcome::attended);
        assertThat(storm.counts().drainers()).isZero();
    }

    /** While Redis is down every decision is unavailable, and nothing is kept in memory. */
    @Test
    void withoutRedisNothingIsAccepted() {
        try (var gone = RedisProcess.start();
                var link = RedisLink.to(RedisSettings.of("127.0.0.1", gone.port()))) {
            var jobs = new RedisJobStore(link);
            gone.close();
            var lease = List.of(new JobLease("a", "lease"));
            assertThat(Stream.<CompletionStage<? extends Decision<?>>>of(
                                    jobs.enqueue("t", Q, NewJob.of(PAYLOAD), brief()),
                                    jobs.take("t", Q, TakeOptions.of(1), brief()),
                                    jobs.leave("t", Q, "ada", brief()),
                                    jobs.completeAll("t", Q, lease, brief()),
                                    jobs.fail("t", Q, JobFailure.of(lease.getFirst(), ""), brief()),
                                    jobs.giveBackAll("t", Q, lease, brief()),
                                    jobs.extendAll("t", Q, lease, 1, brief()),
                                    jobs.cancel("t", Q, "a", brief()),
                                    jobs.inspect("t", Q, "a", brief()),
                                    jobs.dead("t", Q, 1, OptionalLong.empty(), brief()),
                                    jobs.list("t", Q, JobPage.Kind.DUE, 1, 0, brief()),
                                    jobs.redrive("t", Q, List.of("a"), brief()),
                                    jobs.counts("t", Q, brief()))
                            .map(stage -> (Object) stage.toCompletableFuture().join()))
                    .allMatch(Unavailable.class::isInstance);
        }
    }

    private static <T> Decision<T> join(CompletionStage<Decision<T>> stage) {
        return stage.toCompletableFuture().join();
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = join(stage);
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline brief() {
        return Deadline.in(BUDGET);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
