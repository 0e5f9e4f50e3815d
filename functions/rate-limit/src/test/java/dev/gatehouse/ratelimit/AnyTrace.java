// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.algorithm.Algorithm;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Generates any limits and any sequence of operations on them. */
final class AnyTrace {

    private AnyTrace() {}

    /** How the clock moves before a step. */
    enum Clock {
        STANDS,
        TICKS,
        PASSES_PART_OF_A_WINDOW,
        PASSES_MANY_WINDOWS,
        REACHES_RETRY,
        ALMOST_REACHES_RETRY,
        GOES_BACK,
        GOES_FAR_BACK
    }

    enum Cost {
        NONE,
        ONE,
        PART,
        ALL,
        TOO_MUCH
    }

    sealed interface Action {

        /** @param maxWait applies if all limits let charges wait */
        record Check(Mode mode, Duration maxWait) implements Action {}

        record Refund() implements Action {}

        /** @param times of the limit that the work took in the end */
        record Settle(double times) implements Action {}

        record Reset() implements Action {}
    }

    /** @param limit which of the trace's limits: one name has one limit at a time, but it changes */
    record Charge(int name, int subject, int limit, Cost cost, double part) {

        private LimitedSubject of(List<Limit> limits) {
            var shape = limits.get(limit % limits.size());
            var named = new Limit(
                    "limit-" + name, shape.limit(), shape.algorithm(), shape.shadow(), null, shape.blockSeconds());
            return new LimitedSubject(named, "subject-" + subject, units(named.capacity()));
        }

        private long units(long capacity) {
            return switch (cost) {
                case NONE -> 0;
                case ONE -> 1;
                case PART -> (long) (part * capacity);
                case ALL -> capacity;
                case TOO_MUCH -> Math.min(capacity + 1, Limit.MAX_UNITS);
            };
        }
    }

    /** @param part of a window that the clock passes */
    record Step(Clock clock, double part, Action action, List<Charge> charges) {

        List<LimitedSubject> charges(List<Limit> limits) {
            return charges.stream()
                    .map(charge -> charge.of(limits))
                    .collect(Collectors.toMap(LimitedSubject::identity, c -> c, (first, _) -> first))
                    .values()
                    .stream()
                    .toList();
        }
    }

    static long windowSeconds(Limit limit) {
        return switch (limit.algorithm()) {
            case Algorithm.Gcra(var seconds, var _) -> seconds;
            case Algorithm.FixedWindow(var seconds) -> seconds;
            case Algorithm.SlidingWindow(var seconds) -> seconds;
            case Algorithm.CalendarWindow calendar -> calendar.period().longestSeconds();
            case Algorithm.Unlimited _ -> 60;
        };
    }

    /** One to three, of a few units or of very many. */
    static Arbitrary<List<Limit>> limits() {
        var few = Arbitraries.oneOf(
                Arbitraries.of(1L, 2L, 3L, 7L, 10L), Arbitraries.longs().between(1, 1000));
        var many = Arbitraries.oneOf(
                Arbitraries.of(999_999_937L, Limit.MAX_UNITS),
                Arbitraries.longs().between(Limit.MAX_UNITS / 10, Limit.MAX_UNITS));
        return Arbitraries.oneOf(limits(few), limits(few), limits(many));
    }

    private static Arbitrary<List<Limit>> limits(Arbitrary<Long> units) {
        var windows = Arbitraries.oneOf(
                Arbitraries.of(1L, 10L, 60L, 600L, 600L, 3600L, 86_413L, Limit.MAX_WINDOW_SECONDS),
                Arbitraries.longs().between(1, Limit.MAX_WINDOW_SECONDS));
        var gcra = Combinators.combine(units, windows, units)
                .as((limit, window, burst) -> new Limit(
                        "any", limit, window, Math.clamp(Limit.MAX_WINDOW_SECONDS * limit / window, 1, burst)));
        var fixed = Combinators.combine(units, windows).as((limit, window) -> Limit.fixed("any", limit, window));
        var sliding = Combinators.combine(units, windows).as((limit, window) -> Limit.sliding("any", limit, window));
        var zones = Arbitraries.of("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
                .map(ZoneId::of);
        var days = Arbitraries.of("1954-07-15", "2024-01-31", "2024-02-29", "2030-12-30")
                .map(LocalDate::parse)
                .injectNull(0.5);
        var calendar = Combinators.combine(units, Arbitraries.of(CalendarPeriod.class), zones, days)
                .as((limit, period, zone, day) -> day != null && period.canStartOnAnyDay()
                        ? Limit.calendar("any", limit, period, zone, day)
                        : Limit.calendar("any", limit, period, zone));
        var uncounted = Arbitraries.of(Limit.unlimited("any"), new Limit("any", 0, 60, 0), Limit.fixed("any", 0, 60));
        var any = Arbitraries.frequencyOf(
                        Tuple.of(6, gcra),
                        Tuple.of(6, fixed),
                        Tuple.of(6, sliding),
                        Tuple.of(6, calendar),
                        Tuple.of(1, uncounted))
                .flatMap(limit -> Arbitraries.frequency(Tuple.of(9, limit), Tuple.of(1, limit.inShadow())))
                .flatMap(limit -> Arbitraries.of(0L, 0L, 0L, 0L, 1L, 60L, 600L, Limit.MAX_BLOCK_SECONDS)
                        .map(limit::blocking));
        // The limit alone changes; the windows stay.
        var sameWindows = Combinators.combine(
                        Arbitraries.oneOf(fixed, sliding, calendar),
                        units.list().ofSize(2))
                .as((limit, others) ->
                        List.of(limit, withUnits(limit, others.getFirst()), withUnits(limit, others.getLast())));
        return Arbitraries.frequencyOf(Tuple.of(3, any.list().ofMinSize(1).ofMaxSize(3)), Tuple.of(2, sameWindows));
    }

    private static Limit withUnits(Limit limit, long units) {
        return new Limit(limit.name(), units, limit.algorithm(), false, null, limit.blockSeconds());
    }

    private static Arbitrary<Duration> waits() {
        long longest = Check.MAX_WAIT.toNanos() / 1000;
        return Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(1, longest))
                .map(micros -> Duration.of(micros, ChronoUnit.MICROS));
    }

    static Arbitrary<List<Step>> steps() {
        var charge = Combinators.combine(
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.integers().between(0, 1),
                        Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(1, 1), Tuple.of(1, 2)),
                        Arbitraries.of(Cost.class),
                        Arbitraries.doubles().between(0, 1))
                .as(Charge::new);
        Arbitrary<Action> action = Arbitraries.frequencyOf(
                Tuple.of(
                        8,
                        Combinators.combine(Arbitraries.of(Mode.class), waits()).as(Action.Check::new)),
                Tuple.of(1, Arbitraries.just(new Action.Refund())),
                Tuple.of(2, Arbitraries.doubles().between(0, 4).map(Action.Settle::new)),
                Tuple.of(1, Arbitraries.just(new Action.Reset())));
        return Combinators.combine(
                        Arbitraries.of(Clock.class),
                        Arbitraries.doubles().between(0, 1.5),
                        action,
                        charge.list().ofMinSize(1).ofMaxSize(4))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(30);
    }
}
