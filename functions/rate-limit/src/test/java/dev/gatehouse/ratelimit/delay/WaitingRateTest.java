// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.delay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Compares the times at which random waiters pass with a token bucket of the limit's rate and burst. */
@DeepTest
class WaitingRateTest {

    private static final AtomicLong NOW = new AtomicLong();

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    /** A unit is freed every 142 seconds, so Redis, whose own clock goes on, forgets none of them within the test. */
    private static final long UNITS = 7;

    private static final long WINDOW = 1_000_000_000;
    private static final long BURST = 5;
    private static final Limit SEVEN = new Limit("seven", UNITS, 1_000, BURST);

    /** @param at the time from which it passes */
    private record Passed(long at, long units) {}

    @Test
    void waitersInMemoryNeverExceedTheRate() {
        neverExceedTheRate(new LocalRateLimiter(1, 10, NOW::get), Rounds.of(10_000, 100_000));
    }

    @Test
    void waitersOnRedisNeverExceedTheRate() {
        neverExceedTheRate(new RedisRateLimiter(REDIS.link()), Rounds.of(2_000, 100_000));
    }

    private static void neverExceedTheRate(RateLimiter limiter, int arrivals) {
        var tenant = UUID.randomUUID().toString();
        long seed = System.nanoTime();
        var random = new Random(seed);
        NOW.set(1_790_000_000_000_000L);
        long start = NOW.get();
        var passed = new ArrayList<Passed>();
        int denied = 0;
        long units = 0;
        for (int i = 0; i < arrivals; i++) {
            // Twice as many as the limit admits, in bursts and pauses.
            NOW.addAndGet(random.nextInt(4) == 0 ? random.nextInt(1_500_000_000) : random.nextInt(2));
            long cost = 1 + random.nextInt((int) BURST);
            var maxWait = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextInt(900_000));
            var check = new Check(List.of(new LimitedSubject(SEVEN, "a", cost)), Mode.ALL, maxWait);
            var decided = decision(limiter, tenant, check);
            if (decided.allowed()) {
                assertThat(decided.waitTime()).as("seed %d", seed).isBetween(Duration.ZERO, maxWait);
                passed.add(new Passed(NOW.get() + decided.waitTime().toNanos() / 1000, cost));
                units += cost;
            } else {
                denied++;
            }
        }
        assertThat(denied).as("seed %d", seed).isPositive();
        assertThat(units * WINDOW)
                .as("seed %d: the limit is used to at least a half", seed)
                .isGreaterThan((NOW.get() - start) * UNITS / 2);
        conform(passed, seed);
    }

    /** The bucket holds parts of a unit, one for each microsecond of the window. */
    private static void conform(List<Passed> passed, long seed) {
        passed.sort(Comparator.comparingLong(Passed::at));
        long full = BURST * WINDOW;
        long level = full;
        long last = passed.getFirst().at();
        for (var one : passed) {
            level = Math.min(full, level + (one.at() - last) * UNITS) - one.units() * WINDOW;
            last = one.at();
            // Waits are rounded up to microseconds, so two that follow each other may be closer by less than one.
            assertThat(level).as("seed %d at %d", seed, last).isGreaterThan(-UNITS);
        }
    }

    private static CheckDecision decision(RateLimiter limiter, String tenant, Check check) {
        var decision = limiter.check(tenant, check, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        return ((Decided<CheckDecision>) decision).value();
    }
}
