// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The link while Redis is unreachable, killed or frozen. */
class OutageTest {

    /** The promise is two seconds, by the pauses of {@link CircuitBreaker}; the rest allows for a busy machine. */
    private static final Duration RECOVERY = Duration.ofSeconds(10);

    /** The delay by a busy machine that does not count as hanging. */
    private static final long BUSY_MILLIS = 1_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @BeforeAll
    static void warmUp() {
        try (var redis = RedisProcess.start()) {
            LinkProbe.warmUp(redis);
        }
    }

    @Test
    void repliesAtOnceAndConnectsWhenRedisAppears() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.to(redis.url())) {
            redis.stop();
            for (var i = 0; i < 20; i++) {
                assertThat(probe.count("k")).isInstanceOf(NotSent.class);
            }
            assertThat(probe.link.circuitState()).isEqualTo(CircuitState.OPEN);

            redis.restart();

            await().atMost(RECOVERY).pollInterval(Duration.ofMillis(20)).until(probe::isAnswered);
            assertThat(probe.lost).hasSize(1);
            assertThat(probe.regained).hasSize(1);
        }
    }

    @Test
    void reportsAReplicaAndAFullRedisByTheirErrors() {
        try (var primary = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(primary).start();
                var full = RedisProcess.setup().maxMemory("1").start();
                var toReplica = LinkProbe.patient(replica.url());
                var toFull = LinkProbe.patient(full.url())) {
            assertThat(toReplica.count("k")).isEqualTo(new Refused<>("READONLY"));
            assertThat(toReplica.lost).containsExactly("it replies with READONLY");
            assertThat(toFull.count("k")).isEqualTo(new Refused<>("OOM"));
            assertThat(toFull.lost).containsExactly("it replies with OOM");
        }
    }

    @Test
    void callersWithoutTimeDoNotUseUpTheProbe() throws Exception {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.to(redis.url())) {
            redis.stop();
            await().until(() -> {
                probe.count("k");
                return probe.link.circuitState() == CircuitState.OPEN;
            });
            redis.restart();
            var over = new AtomicBoolean();
            Threads.together(3, thread -> {
                if (thread > 0) {
                    while (!over.get()) {
                        assertThat(probe.count("k", Deadline.in(Duration.ZERO))).isInstanceOf(NotSent.class);
                    }
                    return;
                }
                try {
                    await().atMost(RECOVERY).pollInterval(Duration.ofMillis(20)).until(probe::isAnswered);
                } finally {
                    over.set(true);
                }
            });
        }
    }

    @Test
    void repliesAndRecoversWhenRedisIsKilledUnderLoad() throws Exception {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.to(redis.url())) {
            var slowestNanos = new AtomicLong();
            var replies = new AtomicInteger();
            var mostClients = new AtomicInteger();
            var over = new AtomicBoolean();
            Threads.together(9, thread -> {
                if (thread == 8) {
                    await().atMost(PATIENCE).until(() -> replies.get() > 5_000);
                    redis.kill();
                    await().until(() -> probe.link.circuitState() == CircuitState.OPEN);
                    redis.restart();
                    replies.set(0);
                    await().atMost(RECOVERY).until(() -> replies.get() > 0);
                    for (var i = 0; i < 50; i++) {
                        mostClients.accumulateAndGet(redis.clients().size(), Math::max);
                    }
                    await().atMost(PATIENCE).until(() -> probe.lost.size() == probe.regained.size());
                    over.set(true);
                    return;
                }
                while (!over.get()) {
                    var start = System.nanoTime();
                    var reply = probe.count("k" + thread);
                    slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
                    if (reply instanceof Answered) {
                        replies.incrementAndGet();
                    }
                }
            });
            assertThat(Duration.ofNanos(slowestNanos.get()))
                    .isLessThan(probe.link.settings().decisionBudget().plusMillis(BUSY_MILLIS));
            assertThat(mostClients).hasValue(1);
            assertThat(probe.lost).isNotEmpty();
        }
    }

    @Test
    void whileFrozenRepliesByTheDeadlineThenAtOnceWithOneProbeAtATime() throws Exception {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.to(redis.url())) {
            await().until(probe::isAnswered);
            redis.freeze();

            var command = probe.link.settings().timeouts().command().toMillis();
            assertThat(millisOfThree(
                            () -> assertThat(probe.count("k")).isEqualTo(new Unknown<>(FailureReason.DEADLINE))))
                    .satisfies(took -> isBarelyOver(command, took));
            assertThat(probe.link.circuitState()).isEqualTo(CircuitState.OPEN);

            var underWay = new AtomicInteger();
            var mostAtOnce = new AtomicInteger();
            var probes = new AtomicInteger();
            var turnedAway = new AtomicInteger();
            var rejectedNanos = new AtomicLong();
            var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
            Threads.together(8, _ -> {
                while (System.nanoTime() < until) {
                    var start = System.nanoTime();
                    var stage = probe.link.run(ScriptCall.of(LinkProbe.COUNT).key("k"), probe.deadline());
                    if (stage.toCompletableFuture().getNow(null) instanceof NotSent<?>(var trouble)
                            && trouble == FailureReason.CIRCUIT_OPEN) {
                        rejectedNanos.addAndGet(System.nanoTime() - start);
                        turnedAway.incrementAndGet();
                    } else {
                        probes.incrementAndGet();
                        mostAtOnce.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                        probe.await(stage.whenComplete((_, _) -> underWay.decrementAndGet()));
                    }
                }
            });

            assertThat(mostAtOnce).as("probes at a time").hasValue(1);
            assertThat(probes).as("probes in three seconds").hasValueBetween(2, 12);
            assertThat(rejectedNanos.get() / turnedAway.get())
                    .as("average nanoseconds of a rejection")
                    .isLessThan(1_000_000);

            redis.thaw();
            await().atMost(RECOVERY).pollInterval(Duration.ofMillis(20)).until(probe::isAnswered);
            await().atMost(RECOVERY).until(() -> redis.clients().size() == 1);
        }
    }

    @Test
    void repliesByTheDeadlineWhenAFrozenRedisWasNeverConnected() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.to(redis.url())) {
            redis.freeze();
            var budget = probe.link.settings().decisionBudget().toMillis();
            assertThat(millisOfThree(() -> assertThat(probe.count("k", Deadline.in(Duration.ofMillis(60))))
                            .isEqualTo(new NotSent<>(FailureReason.DEADLINE))))
                    .satisfies(took -> isBarelyOver(60, took));
            assertThat(millis(() -> assertThat(probe.count("k")).isInstanceOf(NotSent.class)))
                    .isLessThan(budget + BUSY_MILLIS);
        }
    }

    @Test
    void aCallerWithoutTimeDoesNotOpenTheCircuitForTheOthers() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.to(redis.url(), "REDIS_COMMAND_TIMEOUT", "2000")) {
            probe.ping();
            redis.freeze();
            for (var i = 0; i < 10; i++) {
                assertThat(probe.count("k", Deadline.in(Duration.ofMillis(10)))).isInstanceOf(Unknown.class);
            }
            assertThat(probe.link.circuitState()).isEqualTo(CircuitState.CLOSED);
            assertThat(probe.lost).isEmpty();
            redis.thaw();
            assertThat(probe.count("other")).isInstanceOf(Answered.class);
        }
    }

    @Test
    void rejectsCommandsUnsentWhenTheQueueIsFull() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.to(redis.url(), "REDIS_COMMAND_TIMEOUT", "5000")) {
            probe.ping();
            redis.freeze();
            var call = ScriptCall.of(LinkProbe.COUNT).key("k");
            var replies = new java.util.ArrayList<java.util.concurrent.CompletionStage<Reply<ScriptReply>>>();
            for (var i = 0; i < 10_100; i++) {
                replies.add(probe.link.run(call, Deadline.in(Duration.ofSeconds(15))));
            }
            assertThat(probe.await(replies.getLast())).isInstanceOf(NotSent.class);
            assertThat(replies.stream()
                            .map(stage -> stage.toCompletableFuture().getNow(null))
                            .filter(reply -> new NotSent<ScriptReply>(FailureReason.QUEUE_FULL).equals(reply)))
                    .isNotEmpty();
            redis.thaw();
            var results = replies.stream().map(probe::await).toList();
            var successes = results.stream().filter(Answered.class::isInstance).count();
            // On a busy machine commands that were sent run out of time.
            var unknown = results.stream().filter(Unknown.class::isInstance).count();
            assertThat(Long.parseLong((String) redis.cli("GET", "k")))
                    .as("commands that were reported as not sent were not sent")
                    .isBetween(successes, successes + unknown);
        }
    }

    @Test
    void keepsALiveConnectionAfterALongIdleTime() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.to(redis.url(), "REDIS_TRUSTED_IDLE", "200")) {
            await().pollInterval(Duration.ofMillis(10)).until(() -> {
                probe.ping();
                var before = redis.clients().getFirst();
                await().pollDelay(Duration.ofMillis(300)).until(() -> true);
                assertThat(probe.count("k")).isInstanceOf(Answered.class);
                var now = redis.clients();
                assertThat(now).hasSize(1);
                return id(now.getFirst()).equals(id(before));
            });
        }
    }

    private static String id(String client) {
        return client.substring(0, client.indexOf(' '));
    }

    /** Asserts that none is early. The least delayed shows how late the timer itself is. */
    private static void isBarelyOver(long millis, List<? extends Long> took) {
        assertThat(took).allSatisfy(each -> assertThat(each).isBetween(millis, millis + BUSY_MILLIS));
        assertThat(took).anySatisfy(each -> assertThat(each).isLessThan(millis + 50));
    }

    private static List<Long> millisOfThree(Runnable work) {
        return Stream.generate(() -> millis(work)).limit(3).toList();
    }

    private static long millis(Runnable work) {
        var from = System.nanoTime();
        work.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
    }
}
