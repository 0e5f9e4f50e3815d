// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisContainer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A frozen or killed Redis delays no caller beyond the deadline, and is used again soon after it is back. */
@Timeout(60)
class OutageContainerIT {

    private static final Script ECHO = Script.of("echo", "return {ARGV[2]}");
    /** The promise is two seconds; the rest allows for a busy machine. */
    private static final Duration BACK_WITHIN = Duration.ofSeconds(10);
    /** The delay by a busy machine that does not count as a missed deadline. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private RedisContainer redis;
    private RedisLink link;

    @BeforeEach
    void connect() {
        redis = RedisContainer.published().start();
        link = RedisLink.to(RedisSettings.of(redis.host(), redis.port()));
        await().atMost(15, SECONDS).until(this::isAnswered);
    }

    @AfterEach
    void disconnect() {
        link.close();
        redis.close();
    }

    @Test
    void repliesByTheDeadlineWhileRedisIsFrozen() {
        redis.pause();
        assertThat(echo()).as("first").isEqualTo(new Unknown<>(FailureReason.DEADLINE));
        // Until the circuit has opened and admitted some probes.
        for (var i = 0; i < 20; i++) {
            assertThat(echo()).isNotInstanceOf(Answered.class);
        }

        redis.unpause();
        await().atMost(BACK_WITHIN).until(this::isAnswered);
    }

    @Test
    void repliesWhileRedisIsKilledAndRecovers() {
        redis.kill();
        for (var i = 0; i < 20; i++) {
            assertThat(echo()).isNotInstanceOf(Answered.class);
        }

        redis.restart();
        await().atMost(15, SECONDS).until(redis::replies);
        await().atMost(BACK_WITHIN).until(this::isAnswered);
    }

    private boolean isAnswered() {
        return echo() instanceof Answered;
    }

    /** Fails if the reply arrives after the deadline, or never. */
    private Reply<List<Object>> echo() {
        var budget = link.settings().decisionBudget();
        var start = System.nanoTime();
        var reply = link.run(ScriptCall.of(ECHO).key("k").text("hello"), Deadline.in(budget))
                .toCompletableFuture()
                .orTimeout(10, SECONDS)
                .join();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(budget.plus(SLACK));
        return reply.map(ScriptReply::values);
    }
}
