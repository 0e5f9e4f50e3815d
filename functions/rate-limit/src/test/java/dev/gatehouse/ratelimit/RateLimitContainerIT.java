// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisContainer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits that go by the clock of a Redis in a container, and what becomes of them when it freezes. */
@Timeout(60)
class RateLimitContainerIT {

    private RedisContainer redis;
    private RedisLink link;
    private RateLimiter limiter;

    @BeforeEach
    void connect() {
        redis = RedisContainer.published().start();
        link = RedisLink.to(RedisSettings.of(redis.host(), redis.port()));
        limiter = new RedisRateLimiter(link);
        await().atMost(15, SECONDS).until(() -> check(Limit.of("warm-up", 1000, 1)) instanceof Decided);
    }

    @AfterEach
    void disconnect() {
        link.close();
        redis.close();
    }

    @Test
    void aLimitOfFiveAdmitsFiveOfAHundredPipelinedChecks() {
        var five = Limit.of("five", 5, 3600);

        var decisions = IntStream.range(0, 100)
                .mapToObj(_ -> limiter.check("acme", checkOf(five, 1), Deadline.in(Duration.ofSeconds(10))))
                .toList();

        assertThat(decisions.stream()
                        .map(result -> result.toCompletableFuture()
                                .orTimeout(20, SECONDS)
                                .join())
                        .filter(RateLimitContainerIT::admits))
                .hasSize(5);
    }

    @Test
    void theClockOfRedisEarnsBackWhatWasUsed() {
        var one = new Limit("one", 2, 1, 1);
        assertThat(admits(check(one))).isTrue();

        var denied = (Decided<CheckDecision>) check(one);
        assertThat(((Denied) denied.value().limits().getFirst()).retryAfter())
                .isBetween(Duration.ofNanos(1), Duration.ofMillis(500));
        await().atMost(5, SECONDS).until(() -> admits(check(one)));
    }

    @Test
    void aFrozenRedisAdmitsNothingAndLosesNothing() {
        var twenty = Limit.of("twenty", 20, 36_000);
        var admitted = 0;
        for (var i = 0; i < 10; i++) {
            admitted += admits(check(twenty)) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(10);

        redis.pause();
        assertThat(check(twenty)).isInstanceOf(Unavailable.class);
        assertThat(check(twenty)).isInstanceOf(Unavailable.class);
        redis.unpause();
        await().atMost(Duration.ofSeconds(10)).until(() -> check(twenty, 0) instanceof Decided);

        for (var i = 0; i < 20; i++) {
            admitted += admits(check(twenty)) ? 1 : 0;
        }
        // The two that Redis read from its socket after the freeze were charged, though nobody waited for them.
        assertThat(admitted).isBetween(18, 20);
        assertThat(((Decided<CheckDecision>) check(twenty, 0))
                        .value()
                        .limits()
                        .getFirst()
                        .remaining())
                .isZero();
    }

    private static boolean admits(Decision<CheckDecision> result) {
        return result instanceof Decided<CheckDecision>(var decision, var source)
                && source == Source.REDIS
                && decision.allowed();
    }

    private Decision<CheckDecision> check(Limit limit) {
        return check(limit, 1);
    }

    private Decision<CheckDecision> check(Limit limit, long cost) {
        return limiter.check(
                        "acme",
                        checkOf(limit, cost),
                        Deadline.in(link.settings().decisionBudget()))
                .toCompletableFuture()
                .orTimeout(20, SECONDS)
                .join();
    }

    private static Check checkOf(Limit limit, long cost) {
        return new Check(List.of(new LimitedSubject(limit, "user", cost)), Mode.ALL);
    }
}
