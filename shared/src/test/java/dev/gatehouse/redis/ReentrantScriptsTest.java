package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fixtures.FaultProxy;
import dev.gatehouse.fixtures.RedisProcess;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Trouble;
import dev.gatehouse.redis.Reply.Unknown;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReentrantScriptsTest {

    private static final Script COUNT = Script.of(
            "count",
            "redis.call('INCR', KEYS[1]) redis.call('PEXPIRE', KEYS[1], 60000) return {redis.call('GET', KEYS[1])}");

    private static RedisProcess redis;

    private FaultProxy wire;
    private RedisLink link;
    private ReentrantScripts scripts;

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
        scripts = new ReentrantScripts(link);
        assertThat(count(Duration.ofSeconds(20))).isInstanceOf(Answered.class);
        redis.cli("FLUSHALL");
    }

    @AfterEach
    void disconnect() {
        link.close();
        wire.close();
    }

    @Test
    void whatIsAnsweredIsAskedOnce() {
        assertThat(count(Duration.ofSeconds(20))).isEqualTo(new Answered<>(List.of("1")));
    }

    @Test
    void whereTheReplyWasLostItIsAskedAgain() {
        wire.swallowNextReplyAndReset();
        assertThat(count(Duration.ofSeconds(20))).isEqualTo(new Answered<>(List.of("2")));
        wire.truncateNextReply(2);
        assertThat(count(Duration.ofSeconds(20))).isEqualTo(new Answered<>(List.of("4")));
    }

    @Test
    void itIsAskedNoMoreThanThreeTimes() {
        wire.swallowRepliesAndReset();
        assertThat(count(Duration.ofSeconds(20))).isInstanceOf(Unknown.class);
        assertThat(redis.cli("GET", "k")).isEqualTo("3");
    }

    @Test
    void itIsNotAskedAgainPastTheDeadline() {
        wire.swallowReplies();
        long from = System.nanoTime();
        assertThat(count(Duration.ofMillis(100))).isEqualTo(new Unknown<>(Trouble.DEADLINE));
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isBetween(Duration.ofMillis(95), Duration.ofSeconds(2));
        assertThat(redis.cli("GET", "k")).isEqualTo("1");
    }

    @Test
    void thatItCouldNotBeSentAgainDoesNotMakeItNotSent() {
        wire.swallowNextReplyAndReset();
        wire.refuse();
        assertThat(count(Duration.ofSeconds(20)))
                .as("Redis did it, and nobody can know")
                .isInstanceOf(Unknown.class);
    }

    @Test
    void whatRedisRefusedAndWhatTheCircuitTurnedAwayIsNotAskedAgain() {
        wire.inject("-OOM command not allowed");
        long before = wire.traffic().repliesInjected();
        for (int n = 0; n < 3; n++) {
            assertThat(count(Duration.ofSeconds(20))).isEqualTo(new Refused<>("OOM"));
        }
        assertThat(count(Duration.ofSeconds(20))).isEqualTo(new NotSent<>(Trouble.CIRCUIT_OPEN));
        assertThat(wire.traffic().repliesInjected() - before).isEqualTo(3);
    }

    @Test
    void aScriptMayReplyAnyBytes() {
        var every = new byte[256];
        for (int n = 0; n < 256; n++) {
            every[n] = (byte) n;
        }
        var echo = Script.of("echo", "return {ARGV[2], {ARGV[2]}, 7}");
        var reply = scripts.run(
                        new ScriptCall(echo.replyingBytes(), List.of("k"), List.of(every)),
                        Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        var text = new String(every, StandardCharsets.ISO_8859_1);
        assertThat(reply).isEqualTo(new Answered<>(List.of(text, List.of(text), 7L)));
        assertThat(echo.replyingBytes().sha1()).isEqualTo(echo.sha1());
    }

    private Reply<List<Object>> count(Duration budget) {
        return scripts.run(ScriptCall.of(COUNT, List.of("k"), List.of()), Deadline.in(budget))
                .toCompletableFuture()
                .join();
    }
}
