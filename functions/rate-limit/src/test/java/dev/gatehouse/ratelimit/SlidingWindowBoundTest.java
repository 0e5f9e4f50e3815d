// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.algorithm.Algorithm;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests the bound that {@link Algorithm.SlidingWindow} documents: the units that any stretch of one window admits. */
class SlidingWindowBoundTest {

    private static final long WINDOW = 60_000_000;
    private static final long START = 29_833_333 * WINDOW;

    private long now = START;
    private final LocalRateLimiter limiter = new LocalRateLimiter(1, 10, () -> now);

    @Test
    void noBucketExceedsTheLimitAndNoWindowTwiceTheLimit() {
        var random = new Random(1);
        for (long units : new long[] {1, 2, 10, 100}) {
            var limit = Limit.sliding("limit-" + units, units, 60);
            var admittedAt = new ArrayDeque<Long>();
            var buckets = new HashMap<Long, Integer>();
            for (int i = 0; i < 50_000; i++) {
                now += passed(random, units);
                if (allowed(limit)) {
                    admittedAt.add(now);
                    buckets.merge(now / WINDOW, 1, Integer::sum);
                    while (admittedAt.getFirst() <= now - WINDOW) {
                        admittedAt.removeFirst();
                    }
                    assertThat(admittedAt.size()).isLessThanOrEqualTo((int) (2 * units - 1));
                    assertThat(buckets.get(now / WINDOW)).isLessThanOrEqualTo((int) units);
                }
            }
        }
    }

    /** Bursts, pauses, and now and then to the end of the bucket. */
    private long passed(Random random, long units) {
        return switch (random.nextInt(20)) {
            case 0 -> random.nextLong(2 * WINDOW);
            case 1 -> WINDOW - 1 - now % WINDOW;
            case 2, 3 -> random.nextLong(WINDOW / units + 1);
            default -> random.nextLong(WINDOW / units / 50 + 1);
        };
    }

    @Test
    void theDocumentedWorstCaseOccurs() {
        var limit = Limit.sliding("limit", 10, 60);
        now = START + WINDOW - 1;
        int admitted = 0;
        for (int i = 0; i < 20; i++) {
            admitted += allowed(limit) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(10);

        for (; now < START + 2 * WINDOW - 1; now += 100_000) {
            admitted += allowed(limit) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(2 * 10 - 1);
    }

    private boolean allowed(Limit limit) {
        var check = new Check(List.of(new LimitedSubject(limit, "a", 1)), Mode.ALL);
        var decision = limiter.check("tenant", check, Deadline.in(Duration.ZERO))
                .toCompletableFuture()
                .join();
        return ((Decided<CheckDecision>) decision).value().allowed();
    }
}
