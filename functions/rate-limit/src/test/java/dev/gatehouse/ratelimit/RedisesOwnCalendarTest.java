// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that calendar windows follow the time of Redis, however far the local clock is from it. */
class RedisesOwnCalendarTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Limit DAILY = Limit.calendar("daily", 3, CalendarPeriod.DAY, BERLIN);

    /** Redis's time. */
    private static final AtomicLong NOW = new AtomicLong();

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    private final String tenant = "tenant-" + UUID.randomUUID();

    @ParameterizedTest
    @ValueSource(longs = {-400L * 24, -30 * 24, -25, -1, 0, 1, 25, 30 * 24, 400L * 24})
    void redisDecidesByItsOwnDay(long hoursAhead) {
        var limiter = new RedisRateLimiter(REDIS.link());
        NOW.set(MicroClock.now() + hoursAhead * 3_600_000_000L);
        for (var period : CalendarPeriod.values()) {
            var limit = Limit.calendar("limit-" + period, 3, period, BERLIN);
            var windows = new CalendarWindow(period, BERLIN);
            long end = micros(windows.startOf(windows.numberAt(time(NOW.get())) + 1));

            assertThat(check(limiter, limit, 3)).isEqualTo(new Allowed(0, inMicros(end - NOW.get())));
            assertThat(check(limiter, limit, 1)).isInstanceOf(Denied.class);
        }
    }

    @Test
    void aCheckIsOneRoundTripOnceTheTimeOfRedisIsFound() {
        var limiter = new RedisRateLimiter(REDIS.link());
        NOW.set(MicroClock.now() + 90L * 24 * 3_600_000_000L);
        REDIS.cli("CONFIG", "RESETSTAT");

        check(limiter, DAILY, 1);
        assertThat(REDIS.calls("evalsha")).isEqualTo(2);
        check(limiter, DAILY, 1);
        check(limiter, DAILY, 0);
        assertThat(REDIS.calls("evalsha")).isEqualTo(4);
    }

    @Test
    void aQuotaIsExactOnADayOf25Hours() {
        var limiter = new RedisRateLimiter(REDIS.link());
        NOW.set(micros(Instant.parse("2026-10-24T22:00:00Z")));
        check(limiter, DAILY, 3);
        assertThat(check(limiter, DAILY, 1)).isEqualTo(new Denied(0, Duration.ofHours(25), Duration.ofHours(25)));

        NOW.addAndGet(25 * 3_600_000_000L - 1);
        assertThat(check(limiter, DAILY, 1)).isEqualTo(new Denied(0, inMicros(1), inMicros(1)));
        NOW.addAndGet(1);
        assertThat(check(limiter, DAILY, 1)).isEqualTo(new Allowed(2, Duration.ofHours(24)));
    }

    @Test
    void aDebtIsEarnedBackAtEachMidnight() {
        var limiter = new RedisRateLimiter(REDIS.link());
        NOW.set(micros(Instant.parse("2026-10-23T22:00:00Z")));
        var settlement = new Settlement(DAILY, "a", 0, 8);

        // eight of three a day: two days with none, of 24 and 25 hours, and a third with one
        assertThat(join(limiter.settle(tenant, settlement, patience())
                        .toCompletableFuture()
                        .join()))
                .isEqualTo(new Allowed(0, Duration.ofHours(24 + 25 + 24)));
        assertThat(check(limiter, DAILY, 1)).isEqualTo(new Denied(0, Duration.ofHours(73), Duration.ofHours(49)));
        assertThat(check(limiter, DAILY, 2)).isEqualTo(new Denied(0, Duration.ofHours(73), Duration.ofHours(73)));
    }

    @Test
    void aClusterDecidesSeveralSubjectsByItsDay() {
        try (var cluster = RedisCluster.start();
                var toCluster = LinkOnClock.toCluster(
                        cluster.masters().stream().map(RedisProcess::port).toList(), NOW::get)) {
            var limiter = new RedisRateLimiter(toCluster);
            for (long days : new long[] {-100, 100, 101}) {
                NOW.set(MicroClock.now() + days * 24 * 3_600_000_000L);
                var twice =
                        new Check(List.of(charge("a", 2), charge("b", 2), charge("c", 2), charge("d", 2)), Mode.ALL);
                assertThat(join(decide(limiter, twice)).allowed()).isTrue();
                assertThat(join(decide(limiter, twice)).allowed()).isFalse();
                // and what a denied check had charged is undone
                var mixed = new Check(List.of(charge("a", 1), charge("b", 2), charge("e", 1)), Mode.ALL);
                assertThat(join(decide(limiter, mixed)).allowed()).isFalse();
                var looks = new Check(List.of(charge("a", 0), charge("b", 0), charge("e", 0)), Mode.ALL);
                assertThat(join(decide(limiter, looks)).limits())
                        .extracting(LimitDecision::remaining)
                        .containsExactly(1L, 1L, 3L);
            }
        }
    }

    @Test
    void aClockThatLeapsBetweenTwoRepliesIsUnavailable() {
        try (var leaping =
                LinkOnClock.toServer(REDIS.server().port(), () -> NOW.addAndGet(400L * 24 * 3_600_000_000L))) {
            NOW.set(MicroClock.now());
            var limiter = new RedisRateLimiter(leaping);

            assertThat(decide(limiter, new Check(List.of(charge("a", 1)), Mode.ALL)))
                    .isInstanceOf(Unavailable.class);
            assertThat(limiter.settle(tenant, new Settlement(DAILY, "a", 0, 1), patience())
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(Unavailable.class);
        }
    }

    private LimitDecision check(RateLimiter limiter, Limit limit, long cost) {
        return join(decide(limiter, new Check(List.of(new LimitedSubject(limit, "a", cost)), Mode.ALL)))
                .limits()
                .getFirst();
    }

    private Decision<CheckDecision> decide(RateLimiter limiter, Check check) {
        return limiter.check(tenant, check, patience()).toCompletableFuture().join();
    }

    private static <T> T join(Decision<T> decision) {
        return ((Decided<T>) decision).value();
    }

    private static LimitedSubject charge(String subject, long cost) {
        return new LimitedSubject(DAILY, subject, cost);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static Instant time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static Duration inMicros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
