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
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The link on a faulty network. */
class WireFaultTest {

    /** The promise is two seconds, by the pauses of {@link CircuitBreaker}; the rest allows for a busy machine. */
    private static final Duration RECOVERY = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The delay by a busy machine that does not count as hanging. */
    private static final Duration BUSY = Duration.ofSeconds(1);

    private static RedisProcess redis;

    private FaultProxy wire;
    private LinkProbe probe;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        LinkProbe.warmUp(redis);
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void connect() {
        redis.cli("FLUSHALL");
        wire = FaultProxy.inFrontOf(redis);
        probe = LinkProbe.to(
                wire.host(), wire.port(), "REDIS_CONNECTION_TIMEOUT", "2000", "REDIS_COMMAND_TIMEOUT", "1000");
    }

    @AfterEach
    void disconnect() {
        probe.close();
        wire.close();
    }

    @Test
    void aDroppedReplyIsUnknownAndNotRetried() {
        assertThat(probe.count("k")).isInstanceOf(Answered.class);
        wire.swallowNextReply();

        assertThat(probe.count("k")).isEqualTo(new Unknown<>(FailureReason.DEADLINE));

        wire.pass();
        await().until(probe::isAnswered);
        assertThat(redis.cli("GET", "k")).as("executions, one for each command").isEqualTo("2");
    }

    @Test
    void aReplyLostWithTheConnectionIsUnknownAndNotRetried() {
        probe.ping();
        wire.swallowNextReplyAndReset();

        assertThat(probe.count("k")).isEqualTo(new Unknown<>(FailureReason.CONNECTION_LOST));

        wire.pass();
        await().until(probe::isAnswered);
        assertThat(redis.cli("GET", "k")).isEqualTo("1");
    }

    @Test
    void aTruncatedReplyIsUnknown() {
        probe.ping();
        wire.truncateNextReply(3);
        assertThat(probe.count("k")).isInstanceOf(Unknown.class);
        wire.pass();
        await().until(probe::isAnswered);
        assertThat(redis.cli("GET", "k")).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({
        "LOADING Redis is loading the dataset in memory,LOADING",
        "READONLY You can't write against a read only replica.,READONLY",
        "OOM command not allowed when used memory > 'maxmemory'.,OOM",
        "MOVED 1 127.0.0.1:1,MOVED",
        "CLUSTERDOWN The cluster is down,CLUSTERDOWN",
        "MASTERDOWN Link with MASTER is down,MASTERDOWN",
    })
    void anErrorThatMakesRedisUnavailableOpensTheCircuit(String error, String code) {
        probe.ping();
        wire.inject("-" + error);
        for (var i = 0; i < 3; i++) {
            assertThat(probe.count("k")).isEqualTo(new Refused<>(code));
        }
        assertThat(probe.link.circuitState()).isEqualTo(CircuitState.OPEN);
        assertThat(probe.lost).containsExactly("it replies with " + code);
        wire.pass();
        await().atMost(RECOVERY).until(() -> probe.count("k") instanceof Answered);
        assertThat(redis.cli("GET", "k")).isEqualTo("1");
    }

    @Test
    void reconnectsAfterAReadOnlyError() {
        probe.count("k");
        var before = redis.clients().getFirst();
        wire.injectNext(1, "-READONLY You can't write against a read only replica.");
        assertThat(probe.count("k")).isEqualTo(new Refused<>("READONLY"));
        assertThat(probe.count("k")).isInstanceOf(Answered.class);
        await().until(() -> redis.clients().size() == 1);
        assertThat(redis.clients().getFirst()).isNotEqualTo(before);
    }

    @Test
    void recoversFromRefusedConnections() {
        probe.ping();
        wire.refuse();
        wire.cutConnections();
        await().until(() -> probe.count("k") instanceof NotSent);
        wire.pass();
        await().atMost(RECOVERY).until(() -> probe.count("k") instanceof Answered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset", "half-close", "cut", "black hole"})
    void repliesInTimeUnderLoadAndCountsCorrectly(String fault) throws Exception {
        Consumer<FaultProxy> strike =
                switch (fault) {
                    case "reset" -> FaultProxy::reset;
                    case "half-close" -> FaultProxy::halfClose;
                    case "cut" -> FaultProxy::cutConnections;
                    default -> FaultProxy::blackHole;
                };
        var done = new AtomicLong();
        var perhaps = new AtomicLong();
        var slowest = new AtomicLong();
        var over = new AtomicBoolean();
        Threads.together(5, thread -> {
            if (thread == 4) {
                await().atMost(PATIENCE).until(() -> done.get() > 500);
                var outages = probe.lost.size();
                // Until the fault affects a waiting caller.
                await().atMost(PATIENCE).until(() -> {
                    strike.accept(wire);
                    return probe.lost.size() > outages;
                });
                wire.pass();
                await().atMost(PATIENCE).until(() -> probe.lost.size() == probe.regained.size());
                over.set(true);
                return;
            }
            while (!over.get()) {
                var start = System.nanoTime();
                switch (probe.count("k")) {
                    case Answered<?> _ -> done.incrementAndGet();
                    case Unknown<?> _ -> perhaps.incrementAndGet();
                    case Refused<?> _, NotSent<?> _ -> {}
                }
                slowest.accumulateAndGet(System.nanoTime() - start, Math::max);
            }
        });
        assertThat(Duration.ofNanos(slowest.get()))
                .isLessThan(probe.link.settings().decisionBudget().plus(BUSY));
        // The last fault may have occurred after the last command.
        await().untilAsserted(() -> {
            probe.ping();
            assertThat(redis.clients()).hasSize(1);
        });
        assertThat(Long.parseLong((String) redis.cli("GET", "k")))
                .as("all answered commands and no unsent one")
                .isBetween(done.get(), done.get() + perhaps.get());
    }

    @Test
    void repliesByTheDeadlineToABlackHoleAndReplacesTheConnection() {
        probe.count("k");
        wire.blackHole();
        var took = new ArrayList<Long>();
        for (var i = 0; i < 3; i++) {
            var from = System.nanoTime();
            assertThat(probe.count("k")).isEqualTo(new Unknown<>(FailureReason.DEADLINE));
            took.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from));
        }
        assertThat(took).allSatisfy(millis -> assertThat(millis).isBetween(1000L, 1000 + BUSY.toMillis()));
        assertThat(took).as("on an idle machine").anyMatch(millis -> millis < 1050);
        assertThat(probe.link.circuitState()).isEqualTo(CircuitState.OPEN);
        wire.pass();
        await().atMost(RECOVERY).until(() -> probe.count("other") instanceof Answered);
        await().untilAsserted(() -> assertThat(redis.clients()).hasSize(1));
    }

    @Test
    void aSlowConnectionWithinTheTimeoutIsNoOutage() {
        wire.delay(Duration.ofMillis(15));
        for (var i = 0; i < 5; i++) {
            assertThat(probe.count("k")).isInstanceOf(Answered.class);
        }
        assertThat(probe.lost).isEmpty();
    }

    @Test
    void replacesADeadConnectionAfterALongIdleTime() {
        try (var wary = LinkProbe.to(wire.host(), wire.port(), "REDIS_TRUSTED_IDLE", "100")) {
            wary.count("k");
            wire.swallowReplies();
            wary.link.run(ScriptCall.of(LinkProbe.COUNT).key("k"), Deadline.in(Duration.ofMillis(1)));
            wire.pass();
            // The connection stays silent, like one that a gateway dropped while the process was frozen.
            await().pollDelay(Duration.ofMillis(150)).until(() -> true);
            assertThat(wary.count("k")).isInstanceOf(Answered.class);
        }
    }

    @Test
    void sendsManyScriptsInOneWrite() {
        probe.count("k");
        var calls = java.util.stream.IntStream.range(0, 3)
                .mapToObj(i -> ScriptCall.of(LinkProbe.COUNT).key("k" + i))
                .toList();
        var before = wire.traffic();
        probe.link.runAll(calls, probe.deadline()).forEach(probe::await);
        assertThat(wire.traffic().since(before).commandReads())
                .as("reads with commands")
                .isEqualTo(1);
    }
}
