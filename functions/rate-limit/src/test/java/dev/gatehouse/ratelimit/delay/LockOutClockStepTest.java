// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.delay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** Tests the bounds of lock-outs if the clock steps back and forward, apart from the model of {@code ExactnessTest}. */
class LockOutClockStepTest {

    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final long SECOND = 1_000_000;
    private static final long HOUR = 3600 * SECOND;

    @AfterContainer
    static void stop() {
        REDIS.close();
    }

    @Property(tries = 200)
    @DeepTries(10_000)
    void inMemory(@ForAll("limits") Limit limit, @ForAll("moves") List<Long> moves) {
        play(new LocalRateLimiter(1, 100, NOW::get), limit, moves);
    }

    @Property(tries = 100)
    @DeepTries(2_000)
    void onRedis(@ForAll("limits") Limit limit, @ForAll("moves") List<Long> moves) {
        play(new RedisRateLimiter(REDIS.link()), limit, moves);
    }

    /** One at a time, for the clock is one: jqwik goes on in the background when it gives up shrinking. */
    private static synchronized void play(RateLimiter limiter, Limit limit, List<Long> moves) {
        var tenant = UUID.randomUUID().toString();
        NOW.set(1_790_000_000 * SECOND);
        var block = Duration.ofSeconds(limit.blockSeconds());
        Duration lockedOutFor = null;
        for (long move : moves) {
            // Redis forgets by a clock of its own, so no lock-out is passed by a step forward and reached again by one
            // back.
            NOW.addAndGet(lockedOutFor == null ? Math.max(0, move) : move);
            if (lockedOutFor != null) {
                lockedOutFor = lockedOutFor.plusNanos(1000 * Math.max(0, move));
            }
            var decision = check(limiter, tenant, limit);

            if (decision instanceof Denied denied) {
                assertThat(denied.blocked()).isTrue();
                assertThat(denied.retryAfter()).isLessThanOrEqualTo(block);
                boolean isNew = lockedOutFor == null
                        || lockedOutFor.compareTo(block) >= 0
                                && denied.retryAfter().equals(block);
                lockedOutFor = isNew ? Duration.ZERO : lockedOutFor;
            } else {
                assertThat(decision).isInstanceOf(Allowed.class);
                assertThat(lockedOutFor == null || lockedOutFor.compareTo(block) >= 0)
                        .as("admitted %s of %s after the denial", lockedOutFor, block)
                        .isTrue();
                lockedOutFor = null;
            }
        }
    }

    private static LimitDecision check(RateLimiter limiter, String tenant, Limit limit) {
        var check = new Check(List.of(new LimitedSubject(limit, "a", 1)), Mode.ALL);
        var decision = limiter.check(tenant, check, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        return ((Decided<CheckDecision>) decision).value().limits().getFirst();
    }

    /** Limits that always have room by the end of a lock-out, so that its end alone decides. */
    @Provide
    Arbitrary<Limit> limits() {
        return Arbitraries.of(Limit.of("gcra", 1, 1), Limit.sliding("sliding", 1, 1), Limit.fixed("fixed", 1, 1))
                .flatMap(limit -> Arbitraries.of(60L, 600L, 86_400L).map(limit::blocking));
    }

    @Provide
    Arbitrary<List<Long>> moves() {
        return Arbitraries.frequencyOf(
                        Tuple.of(3, Arbitraries.just(0L)),
                        Tuple.of(4, Arbitraries.longs().between(0, 600 * SECOND)),
                        Tuple.of(1, Arbitraries.longs().between(0, 24 * HOUR)),
                        Tuple.of(2, Arbitraries.longs().between(-300 * SECOND, 0)),
                        Tuple.of(1, Arbitraries.longs().between(-24 * HOUR, 0)))
                .list()
                .ofMinSize(2)
                .ofMaxSize(40);
    }
}
