// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.Check.Hold;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.ratelimit.Settlement;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Races of holders, some of which crash, against one limit: it is never exceeded, and nothing stays held. */
@DeepTest
class HoldRacesTest {

    private static final int RUNS = Rounds.of(2, 40);
    private static final int THREADS = 64;
    private static final int UNITS = 40;
    private static final long MINUTE = 60_000_000;
    private static final long START = 1_790_000_000_000_000L / (60 * MINUTE) * 60 * MINUTE;
    private static final AtomicLong NOW = new AtomicLong(START);

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    static Stream<Limit> limits() {
        return Stream.of(
                Limit.of("gcra", UNITS, 3600),
                Limit.fixed("fixed", UNITS, 3600),
                Limit.sliding("sliding", UNITS, 3600));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void holdersThatCrashNeverExceedTheLimitAndLoseTheirUnits(Limit limit) throws Exception {
        for (int run = 0; run < RUNS; run++) {
            race(new RedisRateLimiter(REDIS.link()), limit, "subject-" + run);
        }
    }

    @ParameterizedTest
    @MethodSource("limits")
    void norDoHoldersInMemory(Limit limit) throws Exception {
        race(new LocalRateLimiter(1, 1000, NOW::get), limit, "subject");
    }

    private static void race(RateLimiter limiter, Limit limit, String subject) throws Exception {
        NOW.set(START);
        var ids = new AtomicInteger();
        var held = new ConcurrentLinkedQueue<String>();
        int first = admitted(THREADS, () -> {
            var id = "hold-" + ids.incrementAndGet();
            boolean isHeld = decide(limiter, limit, subject, new Hold(id, 60_000, true));
            if (isHeld) {
                held.add(id);
            }
            return isHeld;
        });
        assertThat(first).isEqualTo(UNITS);

        // when a quarter uses its unit, a quarter does not, and the rest crashes, while others go on trying
        var used = new AtomicInteger();
        var order = new AtomicInteger();
        var kept = new AtomicInteger();
        admitted(UNITS, () -> {
            int place = order.getAndIncrement();
            var id = held.poll();
            if (place % 4 < 2) {
                boolean isUsed = place % 4 == 0;
                var settlement = new Settlement.OfHold(limit, subject, String.valueOf(id), isUsed ? 1 : 0);
                assertThat(value(limiter.settleHold("tenant", settlement, patience())))
                        .isPresent();
                used.addAndGet(isUsed ? 1 : 0);
            }
            kept.addAndGet(decide(limiter, limit, subject, null) ? 1 : 0);
            return true;
        });
        kept.addAndGet(admitted(THREADS, () -> decide(limiter, limit, subject, null)));
        assertThat(kept.get()).isEqualTo(UNITS / 4);

        // then the units of the crashed come back when their holds end
        NOW.addAndGet(MINUTE);
        int returned = admitted(THREADS, () -> decide(limiter, limit, subject, null));
        assertThat(used.get() + kept.get() + returned).isEqualTo(UNITS);
    }

    /** Returns how many of the threads that start together are admitted. */
    private static int admitted(int threads, Callable<Boolean> attempt) throws Exception {
        var admitted = new AtomicInteger();
        Threads.together(threads, _ -> admitted.addAndGet(attempt.call() ? 1 : 0));
        return admitted.get();
    }

    private static boolean decide(RateLimiter limiter, Limit limit, String subject, @Nullable Hold hold) {
        var check = new Check(List.of(new LimitedSubject(limit, subject, 1)), Mode.ALL, Duration.ZERO, hold);
        return value(limiter.check("tenant", check, patience())).allowed();
    }

    private static <T> T value(CompletionStage<Decision<T>> decision) {
        return ((Decided<T>) decision.toCompletableFuture().join()).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}
