// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The local limiter at full load, as when Redis is down. {@link #main} prints its latency. */
class LocalRateLimiterLoadTest {

    private static final Limit TEN = Limit.of("ten", 10, 60);
    private static final Deadline DEADLINE = Deadline.in(Duration.ofMinutes(5));

    @Test
    void newSubjectsOnManyThreadsNeverExceedTheBound() throws Exception {
        var limiter = new LocalRateLimiter(1, 1_000, () -> 1_790_000_000_000_000L);
        var admitted = new AtomicInteger();

        Threads.together(16, thread -> {
            for (int i = 0; i < 2_000; i++) {
                admitted.addAndGet(isAllowed(limiter, thread + "-" + i) ? 1 : 0);
            }
        });

        assertThat(admitted).hasValue(1_000);
    }

    @Test
    void aSubjectIsAdmittedExactlyToItsLimitWhileOthersFillTheMemory() throws Exception {
        var limiter = new LocalRateLimiter(1, 1_000, () -> 1_790_000_000_000_000L);
        assertThat(isAllowed(limiter, "known")).isTrue();
        var admitted = new AtomicInteger(1);

        Threads.together(16, thread -> {
            for (int i = 0; i < 500; i++) {
                admitted.addAndGet(isAllowed(limiter, "known") ? 1 : 0);
                isAllowed(limiter, thread + "-" + i);
            }
        });

        assertThat(admitted).hasValue(10);
    }

    private static boolean isAllowed(RateLimiter limiter, String subject) {
        var check = new Check(List.of(new LimitedSubject(TEN, subject, 1)), Mode.ALL);
        var decision =
                limiter.check("tenant", check, DEADLINE).toCompletableFuture().join();
        return ((Decided<CheckDecision>) decision).value().allowed();
    }

    /** Prints throughput and latency for new subjects: arguments are their number and that of the threads. */
    public static void main(String[] args) throws Exception {
        int subjects = Integer.parseInt(args[0]);
        int threads = Integer.parseInt(args[1]);
        for (int round = 0; round < 5; round++) {
            var limiter = new LocalRateLimiter();
            var nanos = new long[subjects];
            long began = System.nanoTime();
            Threads.together(threads, thread -> {
                for (int i = thread; i < subjects; i += threads) {
                    long start = System.nanoTime();
                    isAllowed(limiter, "subject-" + i);
                    nanos[i] = System.nanoTime() - start;
                }
            });
            double seconds = (System.nanoTime() - began) / 1e9;
            Arrays.sort(nanos);
            System.out.printf(
                    "%,d new subjects, %d threads: %,.0f/s, p50 %.1f µs, p99 %.1f µs, p99.9 %.3f ms, max %.1f ms%n",
                    subjects,
                    threads,
                    subjects / seconds,
                    nanos[subjects / 2] / 1e3,
                    nanos[(int) (subjects * 0.99)] / 1e3,
                    nanos[(int) (subjects * 0.999)] / 1e6,
                    nanos[subjects - 1] / 1e6);
        }
    }
}
