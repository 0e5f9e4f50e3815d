// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.algorithm.Algorithm;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Tests the bounds that hold if the clock steps back and forward by hours, apart from the model of
 * {@link ExactnessTest}.
 */
class ClockStepTest {

    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final long START = 1_790_000_000_000_000L;
    private static final long HOUR = 3_600_000_000L;

    /** Redis forgets by a clock of its own: a record that lives for less is passed by the test's clock, too. */
    private static final long BRIEF = 5_000_000;

    /** @param settled units charged whether they fit or not; 0 for a check of {@code units} */
    private record Step(long micros, long units, long settled) {}

    @AfterContainer
    static void stop() {
        REDIS.close();
    }

    @Property(tries = 300)
    @DeepTries(10_000)
    void inMemory(@ForAll("limits") Limit limit, @ForAll("steps") List<Step> steps) {
        play(new LocalRateLimiter(1, 100, NOW::get), limit, steps, false);
    }

    @Property(tries = 100)
    @DeepTries(2_000)
    void onRedis(@ForAll("limits") Limit limit, @ForAll("steps") List<Step> steps) {
        play(new RedisRateLimiter(REDIS.link()), limit, steps, false);
    }

    @Property(tries = 50)
    @DeepTries(1_000)
    void onRedisBesideAnotherLimit(@ForAll("limits") Limit limit, @ForAll("steps") List<Step> steps) {
        play(new RedisRateLimiter(REDIS.link()), limit, steps, true);
    }

    /** One at a time, for the clock is one: jqwik goes on in the background when it gives up shrinking. */
    private static synchronized void play(RateLimiter limiter, Limit limit, List<Step> steps, boolean several) {
        var tenant = UUID.randomUUID().toString();
        NOW.set(START);
        long window = AnyTrace.windowSeconds(limit) * 1_000_000;
        long admitted = 0;
        long forward = 0;
        long sinceChange = 0;
        long windowsBegun = 0;
        long resetAfterChange = 0;
        long longestAfterChange = 0;
        long leastMove = Long.MIN_VALUE;
        for (var step : steps) {
            long from = NOW.get();
            long moved = Math.max(step.micros, leastMove);
            NOW.addAndGet(moved);
            forward += Math.max(0, moved);
            sinceChange += Math.max(0, moved);
            windowsBegun += Math.max(0, number(limit, NOW.get()) - number(limit, from));
            LimitDecision decision;
            if (step.settled > 0) {
                decision = joined(limiter.settle(tenant, new Settlement(limit, "a", 0, step.settled), deadline()));
            } else {
                decision = check(limiter, tenant, limit, Math.min(step.units, limit.capacity()), several);
                admitted += decision instanceof Allowed ? Math.min(step.units, limit.capacity()) : 0;
            }
            var at = "%s at %d from %d".formatted(step, NOW.get(), from);
            long resetAfter = micros(decision.resetAfter());
            if (decision instanceof Denied denied) {
                assertThat(resetAfter).as("waits %s", at).isLessThanOrEqualTo(longestAfterChange);
                assertThat(denied.retryAfter()).as(at).isLessThanOrEqualTo(denied.resetAfter());
                // Use is freed by time that passes alone: a debt is kept.
                assertThat(resetAfter)
                        .as("keeps %s", at)
                        .isGreaterThanOrEqualTo(least(limit, resetAfterChange, window) - sinceChange);
            } else {
                resetAfterChange = resetAfter;
                longestAfterChange = longest(limit, resetAfter, window);
                sinceChange = 0;
            }
            assertThat(admitted).as(at).isLessThanOrEqualTo(admissible(limit, forward, windowsBegun));
            if (limiter instanceof RedisRateLimiter) {
                leastMove = resetAfter < BRIEF ? resetAfter : Long.MIN_VALUE;
                keepRecord(tenant, limit);
            }
        }
    }

    /** The longest wait from any moment of a window, where it is so long now, and one window more. */
    private static long longest(Limit limit, long resetAfter, long window) {
        long windows = number(limit, NOW.get() + resetAfter - 1) - number(limit, NOW.get()) + 1;
        return (limit.algorithm() instanceof Algorithm.Gcra ? resetAfter : windows * window) + window;
    }

    /**
     * The least wait after the last change: what a small step back had added ends with a deep one, and use in the next
     * window moves to the end of another.
     */
    private static long least(Limit limit, long resetAfterChange, long window) {
        return resetAfterChange - (limit.algorithm() instanceof Algorithm.Gcra ? 1 : 2) * window;
    }

    /** Returns the number of the window that contains a time. */
    private static long number(Limit limit, long time) {
        return limit.algorithm() instanceof Algorithm.CalendarWindow calendar
                ? calendar.numberAt(Instant.EPOCH.plus(time, ChronoUnit.MICROS))
                : Math.floorDiv(time, AnyTrace.windowSeconds(limit) * 1_000_000);
    }

    private static long admissible(Limit limit, long forward, long windowsBegun) {
        return limit.algorithm() instanceof Algorithm.Gcra(var seconds, var burst)
                ? burst + (long) Math.ceil(forward * (limit.limit() / (seconds * 1e6)))
                : limit.limit() * (1 + windowsBegun);
    }

    /** Keeps the record while the test's clock moves, because Redis forgets by its own. */
    private static void keepRecord(String tenant, Limit limit) {
        var key = "gh:{" + tenant + ":" + HashTag.of("a") + "}:rl:" + limit.name();
        long life = (Long) REDIS.cli("PTTL", key);
        assertThat(life).isNotEqualTo(-1);
        if (life > 0) {
            REDIS.cli("PEXPIRE", key, "600000");
        }
    }

    private static LimitDecision check(RateLimiter limiter, String tenant, Limit limit, long units, boolean several) {
        var one = new LimitedSubject(limit, "a", units);
        var beside = new LimitedSubject(Limit.sliding("beside", Limit.MAX_UNITS, 3600), "a", 1);
        var check = new Check(several ? List.of(beside, one) : List.of(one), Mode.ALL);
        return joined(limiter.check(tenant, check, deadline())).limits().getLast();
    }

    @Provide
    Arbitrary<Limit> limits() {
        var seconds = Arbitraries.of(1L, 10L, 60L, 3600L, 86_400L);
        var units = Arbitraries.longs().between(1, 20);
        return Arbitraries.oneOf(
                Combinators.combine(units, seconds, units)
                        .as((limit, window, burst) -> new Limit("gcra", limit, window, burst)),
                Combinators.combine(units, seconds).as((limit, window) -> Limit.sliding("sliding", limit, window)),
                Combinators.combine(units, seconds).as((limit, window) -> Limit.fixed("fixed", limit, window)),
                Combinators.combine(units, Arbitraries.of(CalendarPeriod.class))
                        .as((limit, period) -> Limit.calendar("calendar", limit, period, ZoneId.of("Europe/Berlin"))));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var passes = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(0L)),
                Tuple.of(3, Arbitraries.longs().between(0, 2_000_000)),
                Tuple.of(2, Arbitraries.longs().between(0, HOUR)),
                Tuple.of(1, Arbitraries.longs().between(-2_000_000, 0)),
                Tuple.of(2, Arbitraries.longs().between(-HOUR, 0)),
                Tuple.of(3, Arbitraries.longs().between(-48 * HOUR, 48 * HOUR)));
        var settled = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(0L)),
                Tuple.of(1, Arbitraries.longs().between(1, 100)));
        return Combinators.combine(passes, Arbitraries.longs().between(1, 20), settled)
                .as(Step::new)
                .list()
                .ofMinSize(2)
                .ofMaxSize(40);
    }

    private static <T> T joined(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
