// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.AnyTrace.Action;
import dev.gatehouse.ratelimit.AnyTrace.Step;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Compares any sequence of operations, clock steps and changed limits with {@link ExactLimiter}. */
class ExactnessTest {

    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final RedisOnClock CLUSTER = RedisOnClock.cluster(NOW::get);
    private static final long START = 1_790_000_000_000_000L;

    private static final long EARLIEST = START / 10;

    /** The bound of all arithmetic: in the year 2112. */
    private static final long END = 1L << 52;

    /** Redis forgets by a clock of its own, which stands while the test's jumps: so long after the test at the earliest. */
    private static final Duration LONG = Duration.ofSeconds(60);

    @AfterContainer
    static void stop() {
        REDIS.close();
        CLUSTER.close();
    }

    @Property(tries = 400)
    @DeepTries(10_000)
    void inMemory(@ForAll("anyLimits") List<Limit> limits, @ForAll("steps") List<Step> steps) {
        play(new LocalRateLimiter(1, 100, NOW::get), new ExactLimiter(), limits, steps, Duration.ZERO);
    }

    @Property(tries = 100)
    @DeepTries(2_000)
    void onRedis(@ForAll("anyLimits") List<Limit> limits, @ForAll("steps") List<Step> steps) {
        play(new RedisRateLimiter(REDIS.link()), new ExactLimiter(), limits, steps, LONG);
    }

    @Property(tries = 40)
    @DeepTries(400)
    void onACluster(@ForAll("anyLimits") List<Limit> limits, @ForAll("steps") List<Step> steps) {
        play(new RedisRateLimiter(CLUSTER.link()), new ExactLimiter(true), limits, steps, LONG);
    }

    @Provide
    Arbitrary<List<Limit>> anyLimits() {
        return AnyTrace.limits();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return AnyTrace.steps();
    }

    /**
     * One at a time, for the clock is one: jqwik goes on in the background when it gives up shrinking.
     *
     * @param life a record with a shorter life expires before the next step
     */
    private static synchronized void play(
            RateLimiter limiter, ExactLimiter exact, List<Limit> limits, List<Step> steps, Duration life) {
        var tenant = UUID.randomUUID().toString();
        NOW.set(START);
        var last = Duration.ZERO;
        for (var step : steps) {
            long moved = Math.max(moved(step, limits, exact, last), exact.endOfWhatIsKeptFor(life));
            if (moved > END) {
                return;
            }
            NOW.set(Math.max(moved, EARLIEST));
            last = compare(limiter, tenant, exact, step, limits);
        }
    }

    private static long moved(Step step, List<Limit> limits, ExactLimiter exact, Duration retryAfter) {
        long now = NOW.get();
        long part = (long) (step.part() * AnyTrace.windowSeconds(limits.getFirst()) * 1_000_000);
        return switch (step.clock()) {
            case STANDS -> now;
            case TICKS -> now + 1;
            case PASSES_PART_OF_A_WINDOW -> now + part;
            case PASSES_MANY_WINDOWS -> now + 10 * part;
            case REACHES_RETRY -> now + micros(retryAfter);
            case ALMOST_REACHES_RETRY -> now + Math.max(0, micros(retryAfter) - 1);
            case GOES_BACK -> Math.max(now - part, exact.latestEnd(now));
            case GOES_FAR_BACK -> Math.max(now - 3_600_000_000L - 4 * part, exact.latestEnd(now));
        };
    }

    /** @return the time to retry after */
    private static Duration compare(
            RateLimiter limiter, String tenant, ExactLimiter exact, Step step, List<Limit> limits) {
        var charges = step.charges(limits);
        var first = charges.getFirst();
        switch (step.action()) {
            case Action.Check(var mode, var maxWait) -> {
                boolean waits =
                        charges.stream().allMatch(charge -> charge.limit().canWait());
                var check = new Check(charges, mode, waits ? maxWait : Duration.ZERO);
                var expected = exact.check(NOW.get(), check);
                assertThat(decision(limiter.check(tenant, check, deadline()))).isEqualTo(expected);
                return Objects.requireNonNullElse(expected.retryAfter(), Duration.ZERO);
            }
            case Action.Refund() -> {
                var check = new Check(charges, Mode.ALL);
                var expected = exact.refund(NOW.get(), check);
                assertThat(decision(limiter.refund(tenant, check, deadline()))).isEqualTo(expected);
            }
            case Action.Settle(var times) -> {
                var actual = Math.min((long) (times * first.limit().capacity()), Limit.MAX_UNITS);
                var settlement = new Settlement(first.limit(), first.subject(), first.cost(), actual);
                var expected = exact.settle(NOW.get(), settlement);
                assertThat(decision(limiter.settle(tenant, settlement, deadline())))
                        .isEqualTo(expected);
            }
            case Action.Reset() -> {
                exact.reset(first.limit(), first.subject());
                decision(limiter.reset(tenant, first.limit().name(), first.subject(), deadline()));
            }
        }
        return Duration.ZERO;
    }

    private static <T> T decision(CompletionStage<Decision<T>> stage) {
        var result = stage.toCompletableFuture().join();
        assertThat(result).isInstanceOf(Decided.class);
        return ((Decided<T>) result).value();
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
