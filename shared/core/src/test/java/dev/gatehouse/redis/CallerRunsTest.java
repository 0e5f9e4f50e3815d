package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A link without threads: what it does while nobody waits, and which of several threads reads for the others. */
class CallerRunsTest {

    private static RedisProcess redis;
    private static FaultProxy wire;
    private RedisLink link;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        wire = FaultProxy.inFrontOf(redis);
    }

    @AfterAll
    static void stop() {
        wire.close();
        redis.close();
    }

    @BeforeEach
    void open() {
        redis.cli("FLUSHALL");
        link = RedisLink.callerRuns(LinkProbe.settings(
                "redis://" + wire.host() + ":" + wire.port(),
                "REDIS_CONNECTION_TIMEOUT",
                "5000",
                "REDIS_COMMAND_TIMEOUT",
                "5000"));
        assertThat(link.await(count("first", Duration.ofSeconds(20)))).isInstanceOf(Answered.class);
    }

    @AfterEach
    void close() {
        link.close();
    }

    private CompletableFuture<Reply<List<Object>>> count(String key, Duration budget) {
        return link.run(ScriptCall.of(LinkProbe.COUNT, List.of(key), List.of()), Deadline.in(budget))
                .toCompletableFuture();
    }

    @Test
    void itHasNoThread() {
        assertThat(Threads.named("gatehouse-timer", "lettuce-nioEventLoop")).isEmpty();
    }

    @Test
    void whatArrivedWhileNobodyWaitedIsReadBeforeItsTimeIsUp() {
        redis.freeze();
        var early = count("early", Duration.ofSeconds(1));
        // Whoever asks sends what was asked before.
        var next = count("next", Duration.ofSeconds(20));
        redis.thaw();
        await().pollDelay(Duration.ofMillis(1_200))
                .untilAsserted(() -> assertThat(redis.cli("GET", "early")).isEqualTo("1"));
        assertThat(early).isNotDone();

        assertThat(link.await(early)).isEqualTo(new Answered<>(List.of("n", 1L)));
        assertThat(link.await(next)).isEqualTo(new Answered<>(List.of("n", 1L)));
    }

    @Test
    void silenceIsGivenUpByWhoWaits() {
        wire.swallowNextReply();
        var from = System.nanoTime();
        assertThat(link.await(count("k", Duration.ofSeconds(1)))).isEqualTo(new Unknown<>(FailureReason.DEADLINE));
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        wire.pass();
    }

    @Test
    void aConnectionThatBrokeWhileNobodyWaitedIsReplacedBeforeTheNextIsSent() {
        var connections = wire.traffic().connectionsAccepted();
        redis.cli("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await().atMost(Duration.ofSeconds(20)).until(() -> redis.clients().isEmpty());

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            var reply = link.await(count("k", Duration.ofSeconds(20)));
            return reply instanceof Answered && wire.traffic().connectionsAccepted() == connections + 1;
        });
        assertThat(redis.cli("GET", "k")).as("nothing was lost on the way").isEqualTo("1");
    }

    @Test
    void whatFollowsOnAReplyMustNotWaitForAnother() {
        var nested = count("a", Duration.ofSeconds(20)).thenApply(_ -> link.await(count("b", Duration.ofSeconds(20))));
        assertThatThrownBy(() -> link.await(nested))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must not wait");
    }

    @Test
    void whatFollowsOnAReplyMayAskAnother() {
        var both = count("a", Duration.ofSeconds(20)).thenCompose(_ -> count("a", Duration.ofSeconds(20)));
        assertThat(link.await(both)).isEqualTo(new Answered<>(List.of("n", 2L)));
    }

    @Test
    void anybodyWhoWaitsReadsForTheOthers() throws Exception {
        Threads.together(8, thread -> {
            for (var i = 1; i <= 500; i++) {
                assertThat(link.await(count("k" + thread, Duration.ofSeconds(20))))
                        .isEqualTo(new Answered<>(List.of("n", (long) i)));
            }
        });
    }

    @Test
    void whoseReplyIsReadByAnotherWaitsNoLongerThanForThat() throws Exception {
        var never = new CompletableFuture<String>();
        Threads.together(2, thread -> {
            if (thread == 0) {
                assertThat(link.await(never)).isEqualTo("over");
                return;
            }
            for (var i = 1; i <= 100; i++) {
                assertThat(link.await(count("k", Duration.ofSeconds(20)))).isInstanceOf(Answered.class);
            }
            wire.swallowNextReply();
            assertThat(link.await(count("k", Duration.ofSeconds(1)))).isEqualTo(new Unknown<>(FailureReason.DEADLINE));
            wire.pass();
            never.complete("over");
        });
    }

    @Test
    void whoWaitsForWhatAnotherThreadDoesIsWoken() throws Exception {
        var other = new CompletableFuture<String>();
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(() -> other.complete("done"));
        assertThat(link.await(other)).isEqualTo("done");
    }

    @Test
    void whatFailsIsThrownByTheWaiting() {
        var failed = CompletableFuture.failedFuture(new IllegalStateException("no"));
        assertThatThrownBy(() -> link.await(failed))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("no");
    }
}
