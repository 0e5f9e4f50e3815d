// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On Redis, whose numbers are whole below 2<sup>53</sup> only: the largest limits and debts, and many small steps. */
class ExtremesTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final long TEN_YEARS = Limit.MAX_WINDOW_SECONDS;

    private static final AtomicLong NOW = new AtomicLong();

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    private final String tenant = "tenant-" + UUID.randomUUID();
    private final RateLimiter limiter = new RedisRateLimiter(REDIS.link());

    static Stream<Limit> extremes() {
        return Stream.of(1L, 999_999_937L, Limit.MAX_UNITS).flatMap(units -> Stream.of(1L, 86_413L, TEN_YEARS)
                .flatMap(window -> Stream.of(
                        Limit.of("limit", units, window),
                        Limit.fixed("limit", units, window),
                        Limit.sliding("limit", units, window),
                        Limit.calendar("limit", units, CalendarPeriod.HOUR, ZoneId.of("Asia/Kathmandu")))));
    }

    /** However much is settled: what every other limit makes of the debt is exact. */
    @ParameterizedTest
    @MethodSource("extremes")
    void everyLimitCarriesTheLargestDebtOverExactly(Limit indebted) {
        NOW.set(START);
        var exact = new ExactLimiter();
        for (var other : extremes().toList()) {
            for (int i = 0; i < 3; i++) {
                var settlement = new Settlement(indebted, "a", 0, Limit.MAX_UNITS);
                assertThat(decision(limiter.settle(tenant, settlement, patience())))
                        .isEqualTo(exact.settle(START, settlement));
            }
            var look = new Check(List.of(new LimitedSubject(other, "a", 0)), Mode.ALL);
            assertThat(decision(limiter.check(tenant, look, patience()))).isEqualTo(exact.check(START, look));
        }
    }

    /** Checks of one unit, at the very end and the very beginning of every third of ten seconds. */
    @Test
    void threeInTenSecondsDoNotDriftOverThousandsOfChecks() {
        var three = Limit.of("three", 3, 10);
        NOW.set(START);
        for (int i = 0; i < 3; i++) {
            assertThat(check(three)).isInstanceOf(Allowed.class);
        }
        for (long unit = 1; unit <= 3_000; unit++) {
            // the first whole microsecond at which so many are freed since the start
            long freed = START + Math.ceilDiv(unit * 10_000_000, 3L);
            NOW.set(freed - 1);
            assertThat(check(three)).as("a microsecond before unit %d", unit).isInstanceOf(Denied.class);
            NOW.set(freed);
            assertThat(check(three)).as("unit %d", unit).isInstanceOf(Allowed.class);
        }
    }

    private LimitDecision check(Limit limit) {
        var check = new Check(List.of(new LimitedSubject(limit, "a", 1)), Mode.ALL);
        return decision(limiter.check(tenant, check, patience())).limits().getFirst();
    }

    private static <T> T decision(CompletionStage<Decision<T>> stage) {
        return ((Decided<T>) stage.toCompletableFuture().join()).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
