// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryableScriptsTest {

    private static final Script COUNT = Script.of(
            "count",
            "redis.call('INCR', KEYS[1]) redis.call('PEXPIRE', KEYS[1], 60000) return {redis.call('GET', KEYS[1])}");

    private static RedisProcess redis;

    private FaultProxy wire;
    private RedisLink link;
    private RetryableScripts scripts;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void connect() {
        wire = FaultProxy.inFrontOf(redis);
        link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()));
        scripts = new RetryableScripts(link);
        assertThat(count(Duration.ofSeconds(20))).isInstanceOf(Answered.class);
        redis.cli("FLUSHALL");
    }

    @AfterEach
    void disconnect() {
        link.close();
        wire.close();
    }

    @Test
    void doesNotRetryAReply() {
        assertThat(count(Duration.ofSeconds(20))).isEqualTo(new Answered<>(List.of("1")));
    }

    @Test
    void retriesAfterALostReply() {
        wire.swallowNextReplyAndReset();
        assertThat(count(Duration.ofSeconds(20))).isEqualTo(new Answered<>(List.of("2")));
        wire.truncateNextReply(2);
        assertThat(count(Duration.ofSeconds(20))).isEqualTo(new Answered<>(List.of("4")));
    }

    @Test
    void retriesTwiceAtMost() {
        wire.swallowRepliesAndReset();
        assertThat(count(Duration.ofSeconds(20))).isInstanceOf(Unknown.class);
        assertThat(redis.cli("GET", "k")).isEqualTo("3");
    }

    @Test
    void doesNotRetryAfterTheDeadline() {
        wire.swallowReplies();
        long from = System.nanoTime();
        assertThat(count(Duration.ofMillis(100))).isEqualTo(new Unknown<>(FailureReason.DEADLINE));
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isBetween(Duration.ofMillis(95), Duration.ofSeconds(2));
        assertThat(redis.cli("GET", "k")).isEqualTo("1");
    }

    @Test
    void anUnsentRetryLeavesTheReplyUnknown() {
        wire.swallowNextReplyAndReset();
        wire.refuse();
        assertThat(count(Duration.ofSeconds(20))).as("executions").isInstanceOf(Unknown.class);
    }

    @Test
    void doesNotRetryARejection() {
        wire.inject("-BUSY Redis is busy running a script.");
        long before = wire.traffic().repliesInjected();
        for (int n = 0; n < 3; n++) {
            assertThat(count(Duration.ofSeconds(20))).isEqualTo(new Refused<>("BUSY"));
        }
        assertThat(count(Duration.ofSeconds(20))).isEqualTo(new NotSent<>(FailureReason.CIRCUIT_OPEN));
        assertThat(wire.traffic().repliesInjected() - before).isEqualTo(3);
    }

    @Test
    void readsAnyPackedBytes() {
        var every = new byte[256];
        for (int n = 0; n < 256; n++) {
            every[n] = (byte) n;
        }
        var echo = Script.of("echo", "return cmsgpack.pack(ARGV[2], 7)");
        assertThat(run(echo.replyingPacked(), every))
                .isEqualTo(new Answered<>(List.of(new String(every, StandardCharsets.ISO_8859_1), 7L)));
        assertThat(echo.replyingPacked().sha1()).isEqualTo(echo.sha1());
    }

    @Test
    void readsPackedValuesAsAList() {
        var bounds = Script.of("bounds", """
                return cmsgpack.pack(0, 127, 128, 255, 256, 65535, 65536, 4294967295, 4294967296, 9007199254740991,
                  -1, -32, -33, -128, -129, -32768, -32769, -2147483648, -2147483649, -9007199254740991,
                  '', ARGV[2], string.rep('a', 31), string.rep('b', 32), string.rep('c', 256), string.rep('d', 65536))
                """).replyingPacked();
        var bytes = new byte[] {(byte) 0xff, 0, (byte) 0x80};
        assertThat(run(bounds, bytes))
                .isEqualTo(new Answered<>(List.of(
                        0L,
                        127L,
                        128L,
                        255L,
                        256L,
                        65535L,
                        65536L,
                        4294967295L,
                        4294967296L,
                        9007199254740991L,
                        -1L,
                        -32L,
                        -33L,
                        -128L,
                        -129L,
                        -32768L,
                        -32769L,
                        -2147483648L,
                        -2147483649L,
                        -9007199254740991L,
                        "",
                        new String(bytes, StandardCharsets.ISO_8859_1),
                        "a".repeat(31),
                        "b".repeat(32),
                        "c".repeat(256),
                        "d".repeat(65536))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\205", "\\217\\1", "\\217abc", "\\165abcd", "\\192", "\\203abcdefgh", "\\144"})
    void rejectsAMalformedPackedReply(String reply) {
        var wrong = Script.of("wrong", "return '\\1" + reply + "'").replyingPacked();
        assertThat(run(wrong)).isEqualTo(new Refused<>("UNREADABLE"));
    }

    private Reply<List<Object>> run(Script script, byte[]... args) {
        var call = ScriptCall.of(script).key("k");
        List.of(args).forEach(call::bytes);
        return scripts.run(call, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join()
                .map(ScriptReply::values);
    }

    private Reply<List<Object>> count(Duration budget) {
        return scripts.run(ScriptCall.of(COUNT).key("k"), Deadline.in(budget))
                .toCompletableFuture()
                .join()
                .map(ScriptReply::values);
    }
}
