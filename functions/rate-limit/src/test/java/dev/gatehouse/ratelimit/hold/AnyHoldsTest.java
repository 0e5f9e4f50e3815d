// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.Check.Hold;
import dev.gatehouse.ratelimit.ExactLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.ratelimit.Settlement;
import dev.gatehouse.ratelimit.algorithm.Algorithm.Gcra;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * Runs any sequence of checks, holds, settlements and refunds, with crashes (holds that nobody settles), repetitions, changed
 * limits and clock steps. Memory and Redis must decide alike, and what is charged in the end must never have exceeded the
 * limit.
 */
class AnyHoldsTest {

    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final RedisOnClock CLUSTER = RedisOnClock.cluster(NOW::get);

    /** All times are multiples of a minute, so that no key expires by the clock of Redis in a test. */
    private static final long MINUTE = 60_000_000;

    private static final long START = 1_790_000_000_000_000L / (1440 * MINUTE) * 1440 * MINUTE;

    private sealed interface Step {}

    private record Pass(long minutes) implements Step {}

    /** @param maxWait the maximum wait in minutes, of a limit of GCRA */
    private record Charge(int limit, long cost, long maxWait) implements Step {}

    private record Refund(long cost) implements Step {}

    private record Begin(int limit, int id, long cost, long minutes, boolean returns) implements Step {}

    private record Settle(int limit, int id, long actual) implements Step {}

    /** The units that a numbered step charged; beyond the limit if it is the excess of a settlement. */
    private record Charged(int step, long at, long units, boolean isExcess) {}

    /** A hold that is not settled. */
    private record Open(int step, long at, long units, long endsAt, boolean returns) {}

    @AfterContainer
    static void stop() {
        REDIS.close();
        CLUSTER.close();
    }

    @Property(tries = 60)
    @DeepTries(3_000)
    void memoryAndRedisDecideAlike(@ForAll("limits") List<Limit> limits, @ForAll("anySteps") List<Step> steps) {
        play(limits, steps, List.of(new LocalRateLimiter(1, 1000, NOW::get), new RedisRateLimiter(REDIS.link())));
    }

    @Property(tries = 20)
    @DeepTries(1_000)
    void memoryAndAClusterDecideAlike(@ForAll("limits") List<Limit> limits, @ForAll("anySteps") List<Step> steps) {
        play(limits, steps, List.of(new LocalRateLimiter(1, 1000, NOW::get), new RedisRateLimiter(CLUSTER.link())));
    }

    @Property(tries = 300)
    @DeepTries(20_000)
    void whatIsChargedInTheEndWasWithinTheLimit(
            @ForAll("limits") List<Limit> limits, @ForAll("steadySteps") List<Step> steps) {
        var limit = limits.getFirst();
        var books = play(List.of(limit), steps, List.of(new LocalRateLimiter(1, 1000, NOW::get)));

        var exact = new ExactLimiter();
        for (var charged : books) {
            if (charged.isExcess) {
                exact.settle(charged.at, new Settlement(limit, "user", 0, charged.units));
            } else {
                var check = new Check(List.of(new LimitedSubject(limit, "user", charged.units)), Mode.ALL);
                assertThat(exact.check(charged.at, check).allowed())
                        .as("%s of %s under %s", charged, books, limit)
                        .isTrue();
            }
        }
    }

    /** Returns what is charged in the end, in the order of time. */
    private static synchronized List<Charged> play(List<Limit> limits, List<Step> steps, List<RateLimiter> limiters) {
        NOW.set(START);
        var tenant = UUID.randomUUID().toString();
        var charges = new ArrayList<Charged>();
        var open = new HashMap<Integer, Open>();
        var settled = new HashMap<Integer, Long>();
        for (int i = 0; i < steps.size(); i++) {
            long now = NOW.get();
            switch (steps.get(i)) {
                case Pass(var minutes) -> {
                    if (minutes < 0) {
                        // Ends holds whose time has come: memory would forget that they have, since it drops by this
                        // clock
                        // what Redis keeps by its own.
                        agreed(limiters, one -> one.refund(tenant, check(of(limits, 0), 0, null), patience()));
                    }
                    NOW.set(now + minutes * MINUTE);
                }
                case Charge(var limit, var cost, var maxWait) -> {
                    var check = waiting(of(limits, limit), cost, maxWait);
                    if (agreed(limiters, one -> one.check(tenant, check, patience()))
                            .allowed()) {
                        charges.add(new Charged(i, now, cost, false));
                    }
                }
                case Refund(var cost) ->
                    agreed(limiters, one -> one.refund(tenant, check(of(limits, 0), cost, null), patience()));
                case Begin(var limit, var id, var cost, var minutes, var returns) -> {
                    var hold = new Hold("hold-" + id, minutes * 60_000, returns);
                    var made = agreed(
                            limiters, one -> one.check(tenant, check(of(limits, limit), cost, hold), patience()));
                    if (made.allowed() && isForgotten(open, settled, id, now)) {
                        end(open, charges, id);
                        open.put(id, new Open(i, now, cost, now + minutes * MINUTE, returns));
                        settled.remove(id);
                    }
                }
                case Settle(var limit, var id, var actual) -> {
                    var settlement = new Settlement.OfHold(of(limits, limit), "user", "hold-" + id, actual);
                    var result = agreed(limiters, one -> one.settleHold(tenant, settlement, patience()));
                    var hold = open.get(id);
                    if (result.isPresent() && hold != null && hold.endsAt > now) {
                        open.remove(id);
                        settled.put(id, now);
                        charges.add(new Charged(hold.step, hold.at, Math.min(actual, hold.units), false));
                        charges.add(new Charged(i, now, Math.max(0, actual - hold.units), true));
                    }
                }
            }
        }
        List.copyOf(open.keySet()).forEach(id -> end(open, charges, id));
        charges.removeIf(charged -> charged.units == 0);
        charges.sort(Comparator.comparingInt(Charged::step));
        return charges;
    }

    /** Returns whether a new hold may have this id: ten minutes have passed since the last one. */
    private static boolean isForgotten(Map<Integer, Open> open, Map<Integer, Long> settled, int id, long now) {
        var hold = open.get(id);
        long until = hold != null ? hold.endsAt : settled.getOrDefault(id, now - 10 * MINUTE);
        return now >= until + 10 * MINUTE;
    }

    /** Ends a hold that nobody settled. One that is still open is charged. */
    private static void end(Map<Integer, Open> open, List<Charged> charges, int id) {
        var hold = open.remove(id);
        if (hold != null && !(hold.returns && hold.endsAt <= NOW.get())) {
            charges.add(new Charged(hold.step, hold.at, hold.units, false));
        }
    }

    private interface Operation<T> {

        CompletionStage<Decision<T>> on(RateLimiter limiter);
    }

    /** Returns the decision on which all limiters agree. */
    private static <T> T agreed(List<RateLimiter> limiters, Operation<T> operation) {
        var decisions = new ArrayList<T>();
        for (var limiter : limiters) {
            decisions.add(
                    ((Decided<T>) operation.on(limiter).toCompletableFuture().join()).value());
        }
        assertThat(decisions.getLast()).isEqualTo(decisions.getFirst());
        return decisions.getFirst();
    }

    private static Limit of(List<Limit> limits, int index) {
        return limits.get(index % limits.size());
    }

    private static Check check(Limit limit, long cost, Hold hold) {
        return new Check(List.of(new LimitedSubject(limit, "user", cost)), Mode.ALL, Duration.ZERO, hold);
    }

    private static Check waiting(Limit limit, long cost, long minutes) {
        var wait = Duration.ofMinutes(limit.algorithm() instanceof Gcra ? minutes : 0);
        return new Check(List.of(new LimitedSubject(limit, "user", cost)), Mode.ALL, wait);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    @Provide
    Arbitrary<List<Limit>> limits() {
        return Combinators.combine(
                        Arbitraries.of(4L, 10L, 20L), Arbitraries.integers().between(0, 3))
                .as(AnyHoldsTest::limit)
                .list()
                .ofSize(2);
    }

    private static Limit limit(long units, int kind) {
        return switch (kind) {
            case 0 -> Limit.of("limit", units, 3600);
            case 1 -> Limit.fixed("limit", units, 3600);
            case 2 -> Limit.calendar("limit", units, CalendarPeriod.HOUR, ZoneId.of("UTC"));
            default -> Limit.sliding("limit", units, 3600);
        };
    }

    @Provide
    Arbitrary<List<Step>> anySteps() {
        var limit = Arbitraries.frequency(Tuple.of(9, 0), Tuple.of(1, 1));
        var pass = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.longs().between(0, 20)),
                Tuple.of(1, Arbitraries.longs().between(-30, 0)),
                Tuple.of(1, Arbitraries.longs().between(-3000, 3000)));
        return steps(pass, limit, 1, 15);
    }

    /** Neither the limit changes nor does the clock go back. */
    @Provide
    Arbitrary<List<Step>> steadySteps() {
        return steps(Arbitraries.longs().between(0, 25), Arbitraries.just(0), 0, 0);
    }

    private static Arbitrary<List<Step>> steps(
            Arbitrary<Long> minutes, Arbitrary<Integer> limit, int refunds, int maxWait) {
        var id = Arbitraries.integers().between(0, 5);
        var cost = Arbitraries.longs().between(1, 12);
        Arbitrary<Step> begin = Combinators.combine(
                        limit, id, cost, Arbitraries.longs().between(1, 15), Arbitraries.of(true, true, false))
                .as(Begin::new);
        Arbitrary<Step> settle = Combinators.combine(
                        limit, id, Arbitraries.longs().between(0, 15))
                .as(Settle::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(refunds, cost.map(Refund::new)),
                        Tuple.of(4, minutes.map(Pass::new)),
                        Tuple.of(
                                3,
                                Combinators.combine(
                                                limit, cost, Arbitraries.longs().between(0, maxWait))
                                        .as(Charge::new)),
                        Tuple.of(5, begin),
                        Tuple.of(3, settle))
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }
}
