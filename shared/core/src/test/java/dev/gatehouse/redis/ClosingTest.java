// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.lettuce.DeadlineTimer;
import dev.gatehouse.redis.lettuce.LettuceConnector;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.AbstractList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A link that is closed during use: every caller receives a reply. */
@Isolated("looks at the threads of the JVM")
class ClosingTest {

    private static final Deadline FAR = Deadline.in(Duration.ofMinutes(10));

    private static RedisProcess redis;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void commandsWaitingForAConnectionAreNotSent() {
        try (var wire = FaultProxy.inFrontOf(redis)) {
            wire.ignoreConnects();
            var probe = LinkProbe.to(wire.host(), wire.port(), "REDIS_CONNECTION_TIMEOUT", "600000");
            var reply = probe.link.run(call(), FAR);
            probe.close();
            assertThat(probe.await(reply)).isInstanceOf(NotSent.class);
            assertThat(probe.lost).as("outages").isEmpty();
        }
    }

    @Test
    void commandsWaitingForAHandshakeAreNotSent() {
        try (var wire = FaultProxy.inFrontOf(redis)) {
            wire.blackHole();
            var probe = LinkProbe.to(wire.host(), wire.port(), "REDIS_CONNECTION_TIMEOUT", "600000");
            var reply = CompletableFuture.supplyAsync(() -> probe.await(probe.link.run(call(), FAR)));
            await().until(() -> wire.traffic().connectionsAccepted() == 1);
            probe.close();
            assertThat(reply).succeedsWithin(Duration.ofMinutes(1)).isInstanceOf(NotSent.class);
        }
    }

    @Test
    void commandsInFlightEndUnknownWithoutAnOutage() {
        try (var wire = FaultProxy.inFrontOf(redis)) {
            var probe = LinkProbe.to(
                    wire.host(), wire.port(), "REDIS_CONNECTION_TIMEOUT", "600000", "REDIS_COMMAND_TIMEOUT", "600000");
            probe.ping();
            wire.blackHole();
            var reply = probe.link.run(call(), FAR);
            probe.close();
            assertThat(probe.await(reply)).isInstanceOf(Unknown.class);
            assertThat(probe.lost).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"30000", "1"})
    void repliesToEveryCallerUnderLoad(String trustedIdle) throws Exception {
        for (var round = 0; round < 10; round++) {
            var probe = LinkProbe.patient(redis.url(), "REDIS_TRUSTED_IDLE", trustedIdle);
            var replies = new AtomicInteger();
            Threads.together(5, thread -> {
                if (thread == 4) {
                    await().pollInterval(Duration.ofMillis(1)).until(() -> replies.get() > 50);
                    probe.close();
                    return;
                }
                while (!new NotSent<>(FailureReason.CLOSED).equals(probe.count("k"))) {
                    replies.incrementAndGet();
                }
            });
        }
    }

    @Test
    void repliesToEveryCallerWhileOpening() throws Exception {
        for (var round = 0; round < 100; round++) {
            var probe = LinkProbe.to(redis.url());
            Threads.together(5, thread -> {
                if (thread == 4) {
                    probe.close();
                } else {
                    assertThat(probe.count("k")).isInstanceOfAny(Answered.class, NotSent.class, Unknown.class);
                }
            });
        }
        await().untilAsserted(() -> assertThat(redis.clients()).isEmpty());
    }

    /** A thread that starts Netty's timer while another stops it waits forever. */
    @Test
    void aCommandDuringClosingStartsNoTimer() throws Exception {
        var sending = new CountDownLatch(1);
        var closing = new CountDownLatch(1);
        var sent = new CountDownLatch(1);
        var settings = RedisSettings.of(redis.host(), redis.port());
        var timer = new DeadlineTimer();
        var connector = new LettuceConnector(settings, timer) {
            @Override
            public void close() {
                closing.countDown();
                awaitQuietly(sent);
                super.close();
            }
        };
        var link = new RedisLink(settings, timer, connector, MicroClock::now);
        // It iterates after the check whether the link is closed.
        var calls = new AbstractList<ScriptCall>() {
            @Override
            public ScriptCall get(int index) {
                sending.countDown();
                awaitQuietly(closing);
                return call();
            }

            @Override
            public int size() {
                return 1;
            }
        };
        Threads.together(2, thread -> {
            if (thread == 0) {
                var reply = link.runAll(calls, FAR).getFirst();
                var timers = Threads.named("gatehouse-timer");
                sent.countDown();
                assertThat(timers).isEmpty();
                assertThat(LinkProbe.join(reply)).isEqualTo(new NotSent<>(FailureReason.CLOSED));
            } else {
                sending.await();
                link.close();
            }
        });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ScriptCall call() {
        return ScriptCall.of(LinkProbe.COUNT).key("k");
    }
}
