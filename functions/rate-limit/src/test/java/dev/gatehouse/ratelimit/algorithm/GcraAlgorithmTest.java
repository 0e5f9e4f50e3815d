// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.algorithm.GcraAlgorithm.Micros;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GcraAlgorithmTest {

    private static final long NOW = 1_790_000_000_000_000L;
    private static final long SECOND = 1_000_000;
    private static final long TEN_YEARS = Limit.MAX_WINDOW_SECONDS;

    /** One limit and its tat, moved by hand. */
    private static final class Metered {
        final GcraAlgorithm gcra;
        GcraAlgorithm.State state;
        long now = NOW;

        Metered(long limit, long windowSeconds, long burst) {
            gcra = new GcraAlgorithm(limit, windowSeconds, burst);
            state = gcra.unused(0);
        }

        LimitDecision check(long cost) {
            var found = gcra.found(state, now);
            var charged = found.charged(cost);
            boolean allowed = charged.fits(now);
            state = allowed ? charged : found;
            var resetAfter = micros(state.resetAfter(now));
            if (allowed) {
                return new Allowed(state.remaining(now), resetAfter);
            }
            var retryAfter = state.retryAfter(cost, now);
            return new Denied(state.remaining(now), resetAfter, retryAfter == null ? null : micros(retryAfter));
        }

        long admitted(int checks) {
            long admitted = 0;
            for (int i = 0; i < checks; i++) {
                admitted += check(1) instanceof Allowed ? 1 : 0;
            }
            return admitted;
        }
    }

    @ParameterizedTest(name = "{0} per {1} s: {2} µs and {3} parts a unit")
    @CsvSource({
        "1, 1, 1000000, 0",
        "10, 60, 6000000, 0",
        "3, 10, 3333333, 1",
        "7, 60, 8571428, 4",
        "1000000000, 1, 0, 1000000",
        "1, 315360000, 315360000000000, 0",
        "999999999, 315360000, 315360, 315360"
    })
    void theEmissionIntervalIsWindowOverLimit(long limit, long windowSeconds, long whole, long part) {
        var gcra = new GcraAlgorithm(limit, windowSeconds, 1);

        assertThat(gcra.emissionTime(1)).isEqualTo(new Micros(whole, part));
        assertThat(gcra.tolerance()).isEqualTo(new Micros(whole, part));
    }

    /** Ten a minute, four at once: a unit is freed every six seconds. Each row goes on from the one before. */
    @Test
    void eachUnitUsesOneIntervalOfTheTolerance() {
        var meter = new Metered(10, 60, 4);

        assertThat(at(meter, 0, 1)).isEqualTo(allowed(3, 6));
        assertThat(at(meter, 0, 1)).isEqualTo(allowed(2, 12));
        assertThat(at(meter, 0, 2)).isEqualTo(allowed(0, 24));
        assertThat(at(meter, 0, 1)).isEqualTo(denied(0, 24, 6));
        assertThat(at(meter, 5, 1)).isEqualTo(denied(0, 19, 1));
        assertThat(at(meter, 6, 1)).isEqualTo(allowed(0, 24));
        assertThat(at(meter, 17, 2)).isEqualTo(denied(1, 13, 1));
        assertThat(at(meter, 17, 0)).isEqualTo(allowed(1, 13));
        assertThat(at(meter, 17, 1)).isEqualTo(allowed(0, 19));
        assertThat(at(meter, 36, 0)).isEqualTo(allowed(4, 0));
        assertThat(at(meter, 36, 1)).isEqualTo(allowed(3, 6));
        assertThat(at(meter, 100, 4)).isEqualTo(allowed(0, 24));
        assertThat(at(meter, 100, 0)).isEqualTo(allowed(0, 24));
    }

    @ParameterizedTest
    @CsvSource({"5", "6", "1000000000"})
    void aCostBeyondTheBurstNeverFits(long cost) {
        var meter = new Metered(10, 60, 4);

        assertThat(meter.check(cost)).isEqualTo(new Denied(4, Duration.ZERO, null));
        assertThat(meter.check(4)).isEqualTo(allowed(0, 24));
        assertThat(meter.check(cost)).isEqualTo(new Denied(0, Duration.ofSeconds(24), null));
    }

    @ParameterizedTest(name = "{0} per {1} s, {2} at once, cost {3}")
    @CsvSource({
        "10, 60, 4, 1",
        "3, 10, 3, 1",
        "3, 10, 3, 2",
        "7, 60, 7, 5",
        "1, 1, 1, 1",
        "1, 315360000, 1, 1",
        "1000000000, 1, 1, 1",
        "1000000000, 1, 1000000000, 999999999",
        "999999937, 315360000, 999999937, 1",
        "999999937, 86413, 1000000000, 999999999"
    })
    void retryAfterIsExactToTheMicrosecond(long limit, long windowSeconds, long burst, long cost) {
        var meter = new Metered(limit, windowSeconds, burst);
        meter.check(burst);
        var denied = (Denied) meter.check(cost);
        long retryAt = meter.now + denied.retryAfter().toNanos() / 1000;

        meter.now = retryAt - 1;
        assertThat(meter.check(cost)).isInstanceOf(Denied.class);
        meter.now = retryAt;
        assertThat(meter.check(cost)).isInstanceOf(Allowed.class);
    }

    @ParameterizedTest(name = "{0} per {1} s, {2} at once")
    @CsvSource({
        "1000000000, 1, 1000000000",
        "1000000000, 315360000, 1000000000",
        "999999999, 315360000, 999999999",
        "1, 315360000, 1",
        "1, 1, 315360000",
        "3, 10, 3"
    })
    void remainingIsExactUpToTheWholeBurst(long limit, long windowSeconds, long burst) {
        var meter = new Metered(limit, windowSeconds, burst);

        assertThat(meter.check(0).remaining()).isEqualTo(burst);
        assertThat(meter.check(burst / 3).remaining()).isEqualTo(burst - burst / 3);
        assertThat(meter.check(burst - burst / 3).remaining()).isZero();
    }

    @Test
    void threeInTenSecondsDoNotDriftOverAMillionUnits() {
        var meter = new Metered(3, 10, 3);
        long admitted = meter.admitted(4);
        for (int window = 1; window <= 333_333; window++) {
            meter.now = NOW + window * 10 * SECOND;
            admitted += meter.admitted(4);
            assertThat(admitted).isEqualTo(3 + 3L * window);
        }
        // and a microsecond before the end of the last window the last unit is not yet there
        meter.now += 10 * SECOND - 1;
        assertThat(meter.admitted(4)).isEqualTo(2);
    }

    @Test
    void singleUnitsKeepTheExactRate() {
        // given a limit of burst 1, always checked at the first whole microsecond at which a unit is there
        var meter = new Metered(7, 1, 1);
        for (int unit = 0; unit < 7_000; unit++) {
            assertThat(meter.check(1)).isInstanceOf(Allowed.class);
            var retry = (Denied) meter.check(1);
            meter.now += retry.retryAfter().toNanos() / 1000;
        }

        // then waiting for whole microseconds costs part of one a unit, and nothing else does
        assertThat(meter.now - NOW).isBetween(1_000 * SECOND, 1_000 * SECOND + 7_000);
    }

    @Test
    void aBillionASecondAreEarnedAThousandAMicrosecond() {
        var meter = new Metered(1_000_000_000, 1, 1_000_000_000);
        meter.check(1_000_000_000);

        assertThat(meter.check(1)).isEqualTo(new Denied(0, Duration.ofSeconds(1), micros(1)));
        meter.now++;
        assertThat(meter.check(999).remaining()).isEqualTo(1);
        assertThat(meter.check(1).remaining()).isZero();
        assertThat(meter.check(1)).isInstanceOf(Denied.class);
    }

    @Test
    void oneInTenYearsIsEarnedInTenYears() {
        var meter = new Metered(1, TEN_YEARS, 1);
        meter.check(1);

        assertThat(meter.check(1)).isEqualTo(denied(0, TEN_YEARS, TEN_YEARS));
    }

    /** The bound in the class's Javadoc, for what gcra.lua adds up: now + the most used + the greatest increment. */
    @ParameterizedTest
    @CsvSource({"1, 315360000, 1", "1000000000, 315360000, 1000000000", "1, 1, 315360000", "2, 315360000, 2"})
    void everythingStaysBelowTwoToThe53(long limit, long windowSeconds, long burst) {
        var gcra = new GcraAlgorithm(limit, windowSeconds, burst);
        long farthest = (1L << 52)
                + GcraAlgorithm.MAX_USED
                + gcra.emissionTime(Limit.MAX_UNITS).roundedUp();

        assertThat(farthest).isLessThan(1L << 53);
        // what divided in limits.lua multiplies and divides by
        assertThat(windowSeconds * SECOND).isLessThan(1L << 51);
    }

    @ParameterizedTest(name = "{3} of {2} used of {0} per {1} s; of {4} per {5} s with {6} at once {7} remain")
    @CsvSource({
        "5, 3600, 5, 5,      100, 3600, 100,  95",
        "10, 60, 10, 5,      20, 60, 20,      15",
        "10, 60, 10, 10,     5, 3600, 5,      0",
        "10, 60, 10, 0,      5, 3600, 5,      5",
        "10, 60, 10, 3,      5, 60, 5,        2",
        // another burst, another window, both with the same tolerance
        "10, 60, 10, 3,      10, 60, 4,       1",
        "10, 60, 4, 3,       10, 60, 10,      7",
        "10, 60, 10, 3,      10, 3600, 10,    7",
        "10, 60, 4, 3,       10, 120, 2,      0",
        "10, 120, 2, 1,      10, 60, 4,       3",
        // fractions of a microsecond
        "3, 10, 3, 1,        7, 60, 7,        6",
        "7, 60, 7, 3,        3, 10, 3,        0",
        "1000000000, 1, 1, 1,    1, 315360000, 1,    0",
        "1, 315360000, 1, 1,     1000000000, 1, 1000000000,  999999999",
        "999999937, 86413, 1000000000, 999999999,   999999999, 315360000, 1000000000,  1"
    })
    void aChangedLimitKeepsTheUsedUnits(
            long limit,
            long window,
            long burst,
            long units,
            long newLimit,
            long newWindow,
            long newBurst,
            long remaining) {
        var before = new GcraAlgorithm(limit, window, burst);
        var after = new GcraAlgorithm(newLimit, newWindow, newBurst);
        var used = before.unused(NOW).charged(units);

        var carried = after.found(used, NOW);

        assertThat(carried.remaining(NOW)).isEqualTo(remaining);
    }

    @Test
    void aRestOfAUnitIsRoundedUpByLessThanTwoMicroseconds() {
        var before = new GcraAlgorithm(7, 60, 7);
        var after = new GcraAlgorithm(3, 10, 3);
        var used = before.unused(NOW).charged(1);

        for (long passed = 1; passed < 8_571_428; passed += 12_345) {
            long left = after.found(used, NOW + passed).life(NOW + passed);

            // of 60/7 seconds that a unit took, each took as much of 10/3 seconds
            double exact = (60_000_000.0 / 7 - passed) * (10_000_000.0 / 3) / (60_000_000.0 / 7);
            assertThat(left - exact).isBetween(0.0, 2.0);
        }
    }

    @Test
    void aDebtKeepsItsUnits() {
        var before = new GcraAlgorithm(10, 60, 10);
        var debt = before.unused(NOW).forced(25, NOW);

        // fifteen more than ten, under a lower limit too; a higher one absorbs the debt that fits
        assertThat(new GcraAlgorithm(5, 50, 5).found(debt, NOW).life(NOW)).isEqualTo(20 * 10 * SECOND);
        assertThat(new GcraAlgorithm(20, 60, 20).found(debt, NOW).life(NOW)).isEqualTo(25 * 3 * SECOND);
        assertThat(new GcraAlgorithm(30, 60, 30).found(debt, NOW).remaining(NOW))
                .isEqualTo(5);
    }

    @Test
    void aCarriedDebtIsCapped() {
        var before = new GcraAlgorithm(1, 1, 1);
        var after = new GcraAlgorithm(1, TEN_YEARS, 1);

        var carried = after.found(before.unused(NOW).forced(100_000, NOW), NOW);

        assertThat(carried.tat()).isEqualTo(Micros.at(NOW + GcraAlgorithm.MAX_USED));
    }

    /** Ten a minute, all at once. */
    @ParameterizedTest(name = "back by {0} s: wait {1} s")
    @CsvSource({"0, 6", "59, 65", "60, 66", "61, 6", "3600, 6", "315360000, 6"})
    void aStepBackOfMoreThanAWindowMovesTheStateBack(long backSeconds, long waitSeconds) {
        var meter = new Metered(10, 60, 10);
        meter.check(10);

        meter.now = NOW - backSeconds * SECOND;

        var retryAfter = ((Denied) meter.check(1)).retryAfter();
        assertThat(retryAfter).isEqualTo(Duration.ofSeconds(waitSeconds));
        meter.now += waitSeconds * SECOND - 1;
        assertThat(meter.check(1)).isInstanceOf(Denied.class);
        meter.now++;
        assertThat(meter.check(1)).isInstanceOf(Allowed.class);
    }

    @Test
    void manySmallStepsBackAreOneDeepOne() {
        var meter = new Metered(10, 60, 10);
        meter.check(9);
        for (int step = 1; step <= 10; step++) {
            meter.now -= 20 * SECOND;
            meter.check(0);
            meter.state = meter.gcra.found(meter.state, meter.now);
            assertThat(meter.state.resetAfter(meter.now)).isLessThanOrEqualTo(54 * SECOND + 60 * SECOND);
        }
    }

    private static LimitDecision at(Metered meter, long second, long cost) {
        meter.now = NOW + second * SECOND;
        return meter.check(cost);
    }

    private static Allowed allowed(long remaining, long resetAfterSeconds) {
        return new Allowed(remaining, Duration.ofSeconds(resetAfterSeconds));
    }

    private static Denied denied(long remaining, long resetAfterSeconds, long retryAfterSeconds) {
        return new Denied(remaining, Duration.ofSeconds(resetAfterSeconds), Duration.ofSeconds(retryAfterSeconds));
    }

    private static Duration micros(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }
}
