// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Races of many threads against one limit: each limit admits exactly as many requests as it allows. */
@DeepTest
class RacesTest {

    private static final int RUNS = Rounds.of(6, 60);
    private static final int THREADS = 32;
    private static final int CHECKS = 3;
    private static final long START = 1_790_000_000_000_000L;

    private static final AtomicLong NOW = new AtomicLong(START);

    /** Fails a test that hangs. */
    private static final ExecutorService POOL =
            Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().daemon().factory());

    @RegisterExtension
    private static final RedisOnClock CLUSTER = RedisOnClock.cluster(NOW::get);

    @AfterAll
    static void stop() {
        POOL.shutdownNow();
    }

    static Stream<Limit> limits() {
        return Stream.of(
                Limit.of("gcra", 40, 600),
                Limit.fixed("fixed", 40, 600),
                Limit.calendar("daily", 40, CalendarPeriod.DAY, ZoneId.of("Europe/Berlin")),
                Limit.sliding("sliding", 40, 600));
    }

    /** At each of three moments as many race; the sliding window is so within its bound, and exactly where the model is. */
    @ParameterizedTest
    @MethodSource("limits")
    void racingRequestsAreAdmittedLikeSequentialOnes(Limit limit) throws Exception {
        var limiter = new RedisRateLimiter(CLUSTER.link());
        for (int run = 0; run < RUNS; run++) {
            var exact = new ExactLimiter();
            var tenant = limit.name() + run;
            for (long moment : moments(run)) {
                NOW.set(moment);
                var check = new Check(List.of(new LimitedSubject(limit, "a", 1)), Mode.ALL);
                int expected = 0;
                for (int i = 0; i < THREADS * CHECKS; i++) {
                    expected += exact.check(moment, check).allowed() ? 1 : 0;
                }

                assertThat(admitted(_ -> decide(limiter, tenant, check).allowed()))
                        .as("run %d at %d", run, moment)
                        .isEqualTo(expected);
            }
        }
    }

    /** Two in one window and one in the next, none so near its end that Redis, whose own clock goes on, forgets it. */
    private static long[] moments(int run) {
        return new long[] {START, START + 300_000_000, START + 400_000_000 + run * 20_000_000L};
    }

    /** Each charges two of three subjects, which lie on different nodes: for none more is admitted than its limit. */
    @ParameterizedTest
    @MethodSource("limits")
    void aClusterNeverExceedsALimitAndLosesNoUnits(Limit limit) throws Exception {
        var limiter = new RedisRateLimiter(CLUSTER.link());
        NOW.set(START);
        for (int run = 0; run < RUNS; run++) {
            var tenant = "several-" + limit.name() + run;
            var counts = List.of(new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
            admitted(n -> {
                int first = n % 3;
                int second = (n + 1) % 3;
                var both = Stream.of(first, second)
                        .map(subject -> new LimitedSubject(limit, "subject-" + subject, 1))
                        .toList();
                boolean allowed =
                        decide(limiter, tenant, new Check(both, Mode.ALL)).allowed();
                if (allowed) {
                    counts.get(first).incrementAndGet();
                    counts.get(second).incrementAndGet();
                }
                return allowed;
            });

            for (int subject = 0; subject < 3; subject++) {
                var look = new Check(List.of(new LimitedSubject(limit, "subject-" + subject, 0)), Mode.ALL);
                assertThat(counts.get(subject)).as("run %d", run).hasValueBetween(1, 40);
                assertThat(decide(limiter, tenant, look).limits().getFirst().remaining())
                        .as("run %d", run)
                        .isEqualTo(40 - counts.get(subject).get());
            }
        }
    }

    /** Returns how many attempts of all threads are admitted. */
    private static int admitted(IntFunction<Boolean> attempt) throws Exception {
        var barrier = new CyclicBarrier(THREADS);
        var yes = new AtomicInteger();
        var racers = new ArrayList<Future<?>>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread;
            racers.add(POOL.submit(() -> {
                barrier.await(30, TimeUnit.SECONDS);
                for (int i = 0; i < CHECKS; i++) {
                    yes.addAndGet(attempt.apply(first + i) ? 1 : 0);
                }
                return null;
            }));
        }
        for (var racer : racers) {
            racer.get(60, TimeUnit.SECONDS);
        }
        return yes.get();
    }

    private static CheckDecision decide(RateLimiter limiter, String tenant, Check check) {
        var decision = limiter.check(tenant, check, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        return ((Decided<CheckDecision>) decision).value();
    }
}
