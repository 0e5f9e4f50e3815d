// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client with a healthy Redis, and without one. */
class CommandClientTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final RetryPolicy PERSISTENT =
            RetryPolicy.untilRecovery(100, Duration.ofMillis(50), Duration.ofSeconds(1));

    private static RedisProcess server;

    @BeforeAll
    static void start() {
        server = RedisProcess.start();
        LinkProbe.warmUp(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void empty() {
        server.cli("FLUSHALL");
    }

    @Test
    void readsEveryKindOfReply() {
        try (var probe = LinkProbe.patient(server.url());
                var redis = CommandClient.over(probe.link)) {
            assertThat(redis.execute("GET", "missing").isNull()).isTrue();
            assertThat(redis.execute("GET", "missing").optionalText()).isEmpty();
            assertThat(redis.execute("SET", "n", 7).text()).isEqualTo("OK");
            assertThat(redis.execute("GET", "n").number()).isEqualTo(7);
            assertThat(redis.execute("EXPIRE", "n", 60L).flag()).isTrue();
            assertThat(redis.execute("MGET", "n", "missing").list())
                    .extracting(RedisValue::isNull)
                    .containsExactly(false, true);
            assertThat(redis.execute("KEYS", "none*").list()).isEmpty();
            assertThat(redis.execute("RPUSH", "list", "a", "ü").number()).isEqualTo(2);
            assertThat(redis.execute("LRANGE", "list", 0, -1).texts()).containsExactly("a", "ü");
            assertThat(redis.execute("ZADD", "z", 1.5, "m").number()).isEqualTo(1);
            assertThat(redis.execute("ZSCORE", "z", "m").decimal()).isEqualTo(1.5);
            assertThat(redis.execute("EVAL", "return {1, {'two', {3}}, false}", 0)
                            .list()
                            .get(1)
                            .list()
                            .get(1)
                            .list())
                    .extracting(RedisValue::number)
                    .containsExactly(3L);
            assertThat(redis.execute("COMMAND", "COUNT").number()).isPositive();
            assertThatThrownBy(() -> redis.execute("GET", "n").list())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Redis replied with a text, not with a list");
        }
    }

    @Test
    void readsTheSameFromARedisWithoutHello() {
        try (var old = RedisProcess.setup().config("rename-command HELLO \"\"").start();
                var probe = LinkProbe.patient(old.url());
                var redis = CommandClient.over(probe.link)) {
            redis.execute("HSET", "h", "a", 1, "b", 2);
            assertThat(redis.execute("HGETALL", "h").map()).containsOnlyKeys("a", "b");
            redis.execute("ZADD", "z", "-inf", "m");
            assertThat(redis.execute("ZSCORE", "z", "m").decimal()).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(redis.execute("GET", "missing").isNull()).isTrue();
            assertThat(redis.execute("INFO", "memory").text()).contains("used_memory:");
            try (var own = redis.open("k")) {
                assertThat(own.sync().ping()).isEqualTo("PONG");
            }
        }
    }

    @Test
    void reportsErrorsOfRedisWithoutTheirArguments() {
        try (var probe = LinkProbe.patient(server.url());
                var redis = CommandClient.over(probe.link)) {
            server.cli("SET", "text", "secret");
            var refused = catchThrowableOfType(CommandRefused.class, () -> redis.execute("LPUSH", "text", "secret"));
            assertThat(refused.code()).isEqualTo("WRONGTYPE");
            assertThat(refused).hasMessage("Redis replied with WRONGTYPE");
            assertThat(LinkProbe.join(redis.executeAsync("NONESUCH", "secret"))).isEqualTo(new Refused<>("ERR"));
            assertThat(redis.execute("GET", "text").toString()).doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MULTI",
                "exec",
                "WATCH k",
                "SUBSCRIBE c",
                "BLPOP k 0",
                "SELECT 1",
                "CLIENT reply OFF",
                "CLIENT NO-TOUCH ON",
                "client no-evict on",
                "XREAD COUNT 1 block 0 STREAMS k 0",
                "GET k\r\nDEL",
                "",
                "CONFIG-GET! x"
            })
    void rejectsWhatWouldDisturbOtherCallers(String words) {
        try (var probe = LinkProbe.patient(server.url());
                var redis = CommandClient.over(probe.link)) {
            var parts = words.contains("\r") ? new String[] {words} : words.split(" ", -1);
            Object[] args = List.of(parts).subList(1, parts.length).toArray();
            assertThatThrownBy(() -> redis.execute(parts[0], args)).isInstanceOf(InvalidArgument.class);
            assertThat(redis.execute("XREAD", "COUNT", 1, "STREAMS", "block", 0).isNull())
                    .isTrue();
        }
    }

    @Test
    void concurrentCallersShareOneConnection() throws Exception {
        try (var probe = LinkProbe.patient(server.url());
                var redis = CommandClient.over(probe.link)) {
            Threads.together(8, _ -> {
                for (var i = 0; i < 100; i++) {
                    redis.execute("INCR", "visits");
                }
            });
            assertThat(redis.execute("GET", "visits").number()).isEqualTo(800);
            assertThat(server.clients()).hasSize(1);
        }
    }

    @Test
    void retriesUntilRedisAppears() {
        try (var own = RedisProcess.start();
                var probe = LinkProbe.to(own.url());
                var redis = CommandClient.over(probe.link).withTimeout(MINUTE).withRetry(PERSISTENT)) {
            own.stop();
            var counted = redis.executeAsync("INCR", "k");
            await().atMost(MINUTE).until(() -> probe.link.circuitState() == CircuitState.OPEN);
            assertThat(counted.toCompletableFuture()).isNotDone();

            own.restart();

            assertThat(LinkProbe.join(counted).map(RedisValue::number)).isEqualTo(new Answered<>(1L));
            assertThat(redis.execute("INCR", "k").number()).isEqualTo(2);
        }
    }

    @Test
    void failsAtOnceWhileTheCircuitBreakerIsOpen() {
        try (var own = RedisProcess.start();
                var probe = LinkProbe.to(own.url());
                var redis = CommandClient.over(probe.link).withTimeout(MINUTE)) {
            own.stop();
            await().atMost(MINUTE).untilAsserted(() -> {
                var down = catchThrowableOfType(RedisUnavailable.class, () -> redis.call(r -> r.get("k")));
                assertThat(down.reason()).isEqualTo(FailureReason.CIRCUIT_OPEN);
                assertThat(down.isExecutionPossible()).isFalse();
                assertThat(down).hasMessage("Redis is unavailable: the connection was refused");
            });
            assertThat(redis.awaitReady(Duration.ofMillis(100))).isFalse();
            assertThat(LinkProbe.join(redis.callAsync(r -> r.get("k"))).orElse("fallback"))
                    .isEqualTo("fallback");

            own.restart();
            assertThat(redis.awaitReady(MINUTE)).isTrue();
        }
    }

    @Test
    void neverSendsAgainWhatMayHaveBeenExecuted() {
        try (var proxy = FaultProxy.inFrontOf(server);
                var probe = LinkProbe.to(proxy.host(), proxy.port());
                var redis = CommandClient.over(probe.link).withTimeout(MINUTE).withRetry(PERSISTENT)) {
            await().atMost(MINUTE).until(probe::isAnswered);
            proxy.affecting(command -> command.getFirst().equals("INCR")).swallowNextReplyAndReset();

            var lost = catchThrowableOfType(RedisUnavailable.class, () -> redis.execute("INCR", "k"));

            assertThat(lost.isExecutionPossible()).isTrue();
            assertThat(server.cli("GET", "k")).isEqualTo("1");
        }
    }

    @Test
    void reportsAPartlySentCommandAsUnknown() {
        try (var own = RedisProcess.start();
                var probe = LinkProbe.to(own.url(), "REDIS_COMMAND_TIMEOUT", "5000");
                var redis = CommandClient.over(probe.link)) {
            await().atMost(MINUTE).until(probe::isAnswered);
            own.freeze();
            var queued = new ArrayList<CompletionStage<Reply<Long>>>();
            for (var i = 0; i < 9_999; i++) {
                queued.add(probe.link.call(r -> r.incr("other"), Deadline.in(MINUTE)));
            }
            var attempts = new AtomicInteger();
            var both = redis.withTimeout(MINUTE).callAsync(r -> {
                attempts.incrementAndGet();
                r.incr("a");
                return r.incr("b");
            });
            assertThat(LinkProbe.join(both)).isEqualTo(new Unknown<>(FailureReason.QUEUE_FULL));
            own.thaw();
            queued.forEach(LinkProbe::join);
            assertThat(own.cli("MGET", "a", "b")).isEqualTo(Arrays.asList("1", null));
            assertThat(attempts).hasValue(1);
        }
    }

    @Test
    void sendsNothingWithoutRedis() {
        var disabled = RedisSettings.fromEnvironment(Map.of("REDIS_URL", server.url(), "ENABLE_REDIS", "false"));
        try (var probe = new LinkProbe(disabled);
                var redis = CommandClient.over(probe.link)) {
            assertThat(LinkProbe.join(redis.executeAsync("PING")))
                    .isEqualTo(new NotSent<>(FailureReason.NOT_CONNECTED));
            assertThat(redis.awaitReady(MINUTE)).isFalse();
            assertThat(server.clients()).isEmpty();
        }
    }

    @Test
    void passesOnTheExceptionsOfTheCaller() {
        try (var probe = LinkProbe.patient(server.url());
                var redis = CommandClient.over(probe.link)) {
            var thrown = new UnsupportedOperationException("the caller's");
            assertThatThrownBy(() -> redis.call(_ -> {
                        throw thrown;
                    }))
                    .isSameAs(thrown);
        }
    }

    @Test
    void endsWithItsLink() {
        try (var probe = LinkProbe.patient(server.url())) {
            var redis = CommandClient.over(probe.link);
            redis.execute("PING");
            redis.close();
            assertThat(probe.isAnswered()).as("the link is the caller's").isTrue();
            assertThatThrownBy(() -> redis.open("k"))
                    .isInstanceOf(RedisUnavailable.class)
                    .hasMessage("Redis is unavailable: the client is closed");
        }
    }
}
