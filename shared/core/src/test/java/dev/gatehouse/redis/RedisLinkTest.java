// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The link to a healthy Redis. */
@Isolated("looks at the threads of the JVM")
class RedisLinkTest {

    private static RedisProcess redis;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.cli("FLUSHALL");
        redis.cli("SCRIPT", "FLUSH");
        redis.cli("CONFIG", "RESETSTAT");
    }

    @Test
    void sendsTheSourceOfAScriptOnce() {
        try (var probe = LinkProbe.patient(redis.url())) {
            for (long i = 1; i <= 5; i++) {
                assertThat(probe.count("k")).isEqualTo(new Answered<>(List.<Object>of("n", i)));
            }
        }
        assertThat(redis.calls("evalsha")).isEqualTo(5);
        assertThat(redis.calls("eval")).as("sources sent").isEqualTo(1);
    }

    @Test
    void sendsTheSourceAgainAfterAScriptFlush() {
        try (var probe = LinkProbe.patient(redis.url())) {
            probe.count("k");
            redis.cli("SCRIPT", "FLUSH");
            assertThat(probe.count("k")).isEqualTo(new Answered<>(List.<Object>of("n", 2L)));
        }
    }

    @Test
    void sendsTheSourceOnceForAFlushAfterAScriptFlush() {
        try (var probe = LinkProbe.patient(redis.url())) {
            var calls = Collections.nCopies(100, ScriptCall.of(LinkProbe.COUNT).key("k"));
            probe.link.runAll(calls, probe.deadline()).forEach(probe::await);
            redis.cli("SCRIPT", "FLUSH");
            redis.cli("CONFIG", "RESETSTAT");

            probe.link.runAll(calls, probe.deadline()).forEach(probe::await);
            assertThat(probe.count("k")).isEqualTo(new Answered<>(List.<Object>of("n", 201L)));
        }
        assertThat(redis.calls("eval")).as("sources sent").isEqualTo(1);
    }

    @Test
    void runsManyScriptsInOneBatch() {
        try (var probe = LinkProbe.patient(redis.url())) {
            var calls = new ArrayList<ScriptCall>();
            for (var i = 0; i < 20; i++) {
                calls.add(ScriptCall.of(LinkProbe.COUNT).key("k"));
            }
            var replies = probe.link.runAll(calls, probe.deadline()).stream()
                    .map(reply -> probe.await(reply).map(ScriptReply::values))
                    .toList();
            for (var i = 0; i < 20; i++) {
                assertThat(replies.get(i)).isEqualTo(new Answered<>(List.<Object>of("n", i + 1L)));
            }
        }
    }

    @Test
    void sendsAnyRedisCommand() {
        try (var probe = LinkProbe.patient(redis.url())) {
            var link = probe.link;
            var until = probe.deadline();
            assertThat(LinkProbe.join(link.call(r -> r.set("s", "v"), until))).isEqualTo(new Answered<>("OK"));
            assertThat(LinkProbe.join(link.call(r -> r.get("s"), until))).isEqualTo(new Answered<>("v"));
            assertThat(LinkProbe.join(link.call(r -> r.get("none"), until))).isEqualTo(new Answered<>(null));
            assertThat(LinkProbe.join(link.call(r -> r.hset("h", Map.of("f", "v")), until)))
                    .isEqualTo(new Answered<>(1L));
            assertThat(LinkProbe.join(link.call(r -> r.lpush("l", "a", "b"), until)))
                    .isEqualTo(new Answered<>(2L));
            assertThat(LinkProbe.join(link.call(r -> r.rpop("l"), until))).isEqualTo(new Answered<>("a"));
            assertThat(LinkProbe.join(link.call(r -> r.expire("s", 10), until))).isEqualTo(new Answered<>(true));
            assertThat(LinkProbe.join(link.call(r -> r.publish("c", "m"), until)))
                    .isEqualTo(new Answered<>(0L));
            assertThat(LinkProbe.join(link.call(r -> r.hget("s", "f"), until))).isEqualTo(new Refused<>("WRONGTYPE"));
        }
    }

    @Test
    void aRejectedCommandIsNoOutage() {
        try (var probe = LinkProbe.patient(redis.url())) {
            redis.cli("SET", "text", "not a number");
            for (var i = 0; i < 10; i++) {
                assertThat(probe.count("text")).isEqualTo(new Refused<>("ERR"));
            }
            assertThat(probe.link.circuitState()).isEqualTo(CircuitState.CLOSED);
            assertThat(probe.lost).isEmpty();
        }
    }

    @Test
    void connectsOnFirstUse() {
        try (var probe = LinkProbe.patient(redis.url())) {
            assertThat(redis.clients()).isEmpty();
            probe.ping();
            assertThat(redis.clients()).singleElement().asString().contains("name=gatehouse");
        }
        await().atMost(5, SECONDS).until(() -> redis.clients().isEmpty());
    }

    @Test
    void manyThreadsShareOneConnection() throws Exception {
        try (var probe = LinkProbe.patient(redis.url())) {
            Threads.together(32, _ -> assertThat(probe.count("k")).isInstanceOf(Answered.class));
            assertThat(redis.cli("GET", "k")).isEqualTo("32");
            assertThat(redis.clients()).hasSize(1);
            assertThat(redis.info("stats", "total_connections_received")).isNotNull();
        }
    }

    @Test
    void sendsNothingAfterTheDeadline() {
        try (var probe = LinkProbe.patient(redis.url())) {
            assertThat(probe.count("k", Deadline.in(Duration.ZERO))).isEqualTo(new NotSent<>(FailureReason.DEADLINE));
        }
        assertThat(redis.clients()).isEmpty();
    }

    @Test
    void sendsNothingAfterClosing() {
        var probe = LinkProbe.patient(redis.url());
        probe.ping();
        probe.close();
        assertThat(probe.count("k")).isEqualTo(new NotSent<>(FailureReason.CLOSED));
        assertThat(probe.ping()).isEqualTo(new NotSent<>(FailureReason.CLOSED));
        assertThat(redis.cli("EXISTS", "k")).isEqualTo(0L);
    }

    @Test
    void leavesNoThreadBehind() {
        var others = Threads.named("lettuce", "gatehouse-timer");
        try (var probe = LinkProbe.patient(redis.url())) {
            probe.ping();
            assertThat(Threads.named("lettuce", "gatehouse-timer")).hasSizeGreaterThan(others.size());
        }
        await().atMost(10, SECONDS).untilAsserted(() -> assertThat(Threads.named("lettuce", "gatehouse-timer"))
                .isSubsetOf(others));
    }

    @Test
    void usesTheCallersClockWhenRedisRejectsTime() {
        redis.cli("ACL", "SETUSER", "timeless", "on", ">pw", "~*", "+@all", "-time");
        var now = Script.of("now", """
                local now = tonumber(ARGV[1])
                if now == 0 then
                  now = tonumber(redis.call('TIME')[1]) * 1000000
                end
                return {string.format('%.0f', now), redis.call('INCR', KEYS[1])}
                """);
        var url = "redis://timeless:pw@%s:%d".formatted(redis.host(), redis.port());
        try (var probe = LinkProbe.patient(url)) {
            for (long i = 1; i <= 3; i++) {
                var reply = probe.await(probe.link.run(ScriptCall.of(now).key("k"), probe.deadline()));
                assertThat(reply).isInstanceOf(Answered.class);
                var answer = ((Answered<ScriptReply>) reply).value();
                assertThat(Long.parseLong(answer.text(0))).isBetween(MicroClock.now() - 5_000_000, MicroClock.now());
                assertThat(answer.number(1)).as("executions").isEqualTo(i);
            }
        }
    }

    @Test
    void determinesTheClockForEachConnection() {
        redis.cli("ACL", "SETUSER", "app", "reset", "on", ">pw", "~*", "+@all", "-time");
        try (var probe = LinkProbe.patient("redis://app:pw@%s:%d".formatted(redis.host(), redis.port()))) {
            assertThat(usesTheClockOfRedis(probe)).isFalse();

            redis.cli("ACL", "SETUSER", "app", "+time");
            assertThat(usesTheClockOfRedis(probe)).isFalse();
            reconnect(probe);
            assertThat(usesTheClockOfRedis(probe)).isTrue();

            // After another error, which shows that TIME is permitted.
            redis.cli("ACL", "SETUSER", "app", "-incr");
            assertThat(probe.count("k")).isEqualTo(new Refused<>("NOPERM"));
            redis.cli("ACL", "SETUSER", "app", "-time");
            assertThat(usesTheClockOfRedis(probe)).isFalse();
            redis.cli("ACL", "SETUSER", "app", "+@all");
            reconnect(probe);
            assertThat(usesTheClockOfRedis(probe)).isTrue();
        }
    }

    private static void reconnect(LinkProbe probe) {
        var before = redis.clients().getFirst();
        redis.cli("CLIENT", "KILL", "TYPE", "normal");
        await().atMost(10, SECONDS)
                .until(() -> probe.isAnswered()
                        && !redis.clients().getFirst().startsWith(before.substring(0, before.indexOf(' ') + 1)));
    }

    private static boolean usesTheClockOfRedis(LinkProbe probe) {
        var clock = Script.of("clock", """
                if ARGV[1] == '0' then
                  redis.call('TIME')
                end
                return {ARGV[1]}
                """);
        var reply = probe.await(probe.link.run(ScriptCall.of(clock).key("k"), probe.deadline()));
        return ((Answered<ScriptReply>) reply).value().text(0).equals("0");
    }

    @Test
    void keepsTheClockOfRedisAfterAnotherError() {
        try (var probe = LinkProbe.patient(redis.url())) {
            redis.cli("ACL", "SETUSER", "default", "-eval", "-evalsha");
            try {
                assertThat(probe.count("k")).isEqualTo(new Refused<>("NOPERM"));
            } finally {
                redis.cli("ACL", "SETUSER", "default", "+@all");
            }
            var whoseTime =
                    ScriptCall.of(Script.of("whose", "return {ARGV[1]}")).key("k");
            assertThat(probe.await(probe.link.run(whoseTime, probe.deadline())).map(ScriptReply::values))
                    .as("0 for the clock of Redis")
                    .isEqualTo(new Answered<>(List.<Object>of("0")));
        }
    }

    @Test
    void aCommandThatCannotBeEncodedAffectsNoOther() {
        try (var probe = LinkProbe.patient(redis.url())) {
            probe.ping();
            var before = redis.clients();
            var fault = new IllegalArgumentException("a fault of the caller");
            for (var i = 0; i < 3; i++) {
                assertThat(probe.link.call(
                                _ -> {
                                    throw fault;
                                },
                                probe.deadline()))
                        .failsWithin(Duration.ofSeconds(5))
                        .withThrowableThat()
                        .withCause(fault);
            }
            assertThat(probe.isAnswered()).isTrue();
            assertThat(probe.lost).isEmpty();
            assertThat(redis.clients()).hasSameSizeAs(before);
        }
    }

    @Test
    void acceptsAnyPasswordAndLogsNone() {
        var password = "p%@:/#? ü\"'\\$€&s3cret";
        try (var guarded = RedisProcess.start();
                var log = LogCapture.record()) {
            guarded.cli("CONFIG", "SET", "requirepass", password);
            var settings = RedisSettings.fromEnvironment(Map.of(
                    "REDIS_HOST",
                    guarded.host(),
                    "REDIS_PORT",
                    "" + guarded.port(),
                    "REDIS_PASSWORD",
                    password,
                    "REDIS_CONNECTION_TIMEOUT",
                    "5000",
                    "REDIS_COMMAND_TIMEOUT",
                    "5000"));
            try (var probe = new LinkProbe(settings)) {
                assertThat(probe.count("k")).isInstanceOf(Answered.class);
            }
            assertThat(log.text()).isNotEmpty().doesNotContain("s3cret");
        }
    }

    @Test
    void reportsAWrongPasswordInOneLineWithoutShowingIt() {
        try (var guarded = RedisProcess.setup().password("right").start();
                var log = LogCapture.record();
                var probe = LinkProbe.patient("redis://:s3cret@%s:%d".formatted(guarded.host(), guarded.port()))) {
            assertThat(probe.count("k")).isEqualTo(new NotSent<>(FailureReason.NOT_CONNECTED));
            assertThat(probe.lost).containsExactly("the user or password is wrong");
            assertThat(log.text()).doesNotContain("s3cret");
        }
    }

    @Test
    void reportsAMissingPasswordInOneLine() {
        try (var guarded = RedisProcess.setup().password("right").start();
                var probe = LinkProbe.patient(guarded.url().replace(":right@", ""))) {
            assertThat(probe.count("k")).isNotInstanceOf(Answered.class);
            assertThat(probe.lost).hasSize(1).first().asString().containsAnyOf("requires a password", "NOAUTH");
        }
    }

    @Test
    void reportsAnUnknownHostInOneLine() {
        try (var probe = LinkProbe.patient("redis://no-such-host.invalid")) {
            assertThat(probe.count("k")).isInstanceOf(NotSent.class);
            assertThat(probe.lost).containsExactly("the host name is not known");
        }
    }

    @Test
    void reportsARefusedConnectionInOneLine() {
        try (var stopped = RedisProcess.start();
                var probe = LinkProbe.patient(stopped.url())) {
            stopped.stop();
            assertThat(probe.count("k")).isEqualTo(new NotSent<>(FailureReason.NOT_CONNECTED));
            assertThat(probe.lost).containsExactly("the connection was refused");
        }
    }
}
