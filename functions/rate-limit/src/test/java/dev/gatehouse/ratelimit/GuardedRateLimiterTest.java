// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedRateLimiterTest {

    private static final long NOW = 1_790_000_000_000_000L;
    private static final Limit TWO = Limit.of("two", 2, 3600);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RedisProcess redis = RedisProcess.start();
    private final RedisLink link = LinkOnClock.toServer(redis.port(), () -> NOW);
    private final LocalRateLimiter local = new LocalRateLimiter(1, 100, () -> NOW);

    @AfterEach
    void close() {
        link.close();
        redis.close();
    }

    @Test
    void redisDecidesWhileItIsAvailable() {
        assertThat(check(FallbackPolicy.LOCAL, PATIENCE)).isEqualTo(allowed(1, 1800, Source.REDIS));
        assertThat(check(FallbackPolicy.CLOSED, PATIENCE)).isEqualTo(allowed(0, 3600, Source.REDIS));
        assertThat(check(FallbackPolicy.OPEN, PATIENCE))
                .isEqualTo(decided(false, new Denied(0, Duration.ofHours(1), Duration.ofMinutes(30)), Source.REDIS));
    }

    @Test
    void memoryDecidesWithoutRedisAndIsDegraded() {
        redis.kill();

        assertThat(check(FallbackPolicy.LOCAL, PATIENCE)).isEqualTo(allowed(1, 1800, Source.LOCAL));
        assertThat(check(FallbackPolicy.LOCAL, PATIENCE)).isEqualTo(allowed(0, 3600, Source.LOCAL));
        assertThat(check(FallbackPolicy.LOCAL, PATIENCE))
                .isEqualTo(decided(false, new Denied(0, Duration.ofHours(1), Duration.ofMinutes(30)), Source.LOCAL));
    }

    @Test
    void memoryLetsAChargeWaitAndLocksOutWithoutRedis() {
        redis.kill();
        var charges = List.of(new LimitedSubject(Limit.of("four", 4, 3600).blocking(7200), "a", 4));
        var more = List.of(new LimitedSubject(Limit.of("four", 4, 3600).blocking(7200), "a", 1));
        check(FallbackPolicy.LOCAL, PATIENCE, new Check(charges, Mode.ALL));

        assertThat(check(FallbackPolicy.LOCAL, PATIENCE, new Check(more, Mode.ALL, Check.MAX_WAIT)))
                .isEqualTo(decided(
                        true, new Allowed(0, Duration.ofMinutes(75), Duration.ofMinutes(15), false), Source.LOCAL));
        assertThat(check(FallbackPolicy.LOCAL, PATIENCE, new Check(more, Mode.ALL, Check.MAX_WAIT)))
                .isEqualTo(decided(false, new Denied(0, Duration.ofHours(2), Duration.ofHours(2), true), Source.LOCAL));
    }

    @Test
    void anOpenGuardAdmitsWithoutRedisAndIsDegraded() {
        redis.kill();

        for (int i = 0; i < 5; i++) {
            assertThat(check(FallbackPolicy.OPEN, PATIENCE)).isEqualTo(allowed(2, 0, Source.LOCAL));
        }
    }

    @Test
    void aClosedGuardReportsTheRetryTimeWithoutRedis() {
        redis.kill();

        assertThat(check(FallbackPolicy.CLOSED, PATIENCE))
                .isInstanceOfSatisfying(Unavailable.class, unavailable -> assertThat(unavailable.retryAfter())
                        .isPositive());
    }

    @Test
    void aSilentRedisIsCalledOnceAndReplacedByTheDeadline() {
        // given a connection, and a Redis that takes the charge but does not reply
        check(FallbackPolicy.LOCAL, PATIENCE);
        redis.freeze();

        long start = System.nanoTime();
        var decision = check(FallbackPolicy.LOCAL, Duration.ofMillis(200));
        var took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(decision).isEqualTo(allowed(1, 1800, Source.LOCAL));
        assertThat(took).isBetween(Duration.ofMillis(190), Duration.ofSeconds(5));
        // then, when it goes on, it finds one charge and no second
        redis.thaw();
        Awaitility.await().untilAsserted(() -> assertThat(Record.at(redis, onlyKey()))
                .isEqualTo((NOW + 3_600_000_000L) + " 0 " + NOW + " 2 3600000000 2"));
        assertThat(redis.calls("evalsha")).as("one each, and no second").isEqualTo(2);
    }

    private String onlyKey() {
        return (String) ((List<?>) redis.cli("KEYS", "*")).getFirst();
    }

    private Decision<CheckDecision> check(FallbackPolicy whenDown, Duration budget) {
        return check(whenDown, budget, new Check(List.of(new LimitedSubject(TWO, "a", 1)), Mode.ALL));
    }

    private Decision<CheckDecision> check(FallbackPolicy whenDown, Duration budget, Check check) {
        return new GuardedRateLimiter(new RedisRateLimiter(link), local, whenDown)
                .check("tenant", check, Deadline.in(budget))
                .toCompletableFuture()
                .join();
    }

    private static Decision<CheckDecision> allowed(long remaining, long resetAfterSeconds, Source source) {
        return decided(true, new Allowed(remaining, Duration.ofSeconds(resetAfterSeconds)), source);
    }

    private static Decision<CheckDecision> decided(boolean allowed, LimitDecision limit, Source source) {
        return new Decided<>(new CheckDecision(allowed, List.of(limit)), source);
    }
}
