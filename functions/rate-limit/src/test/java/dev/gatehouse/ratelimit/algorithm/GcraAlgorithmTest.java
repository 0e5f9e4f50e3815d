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
            state = gcra.state(Micros.at(0));
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

        assertThat(gcra.timeToEarn(1)).isEqualTo(new Micros(whole, part));
        assertThat(gcra.tolerance()).isEqualTo(new Micros(whole, part));
    }

    /** Ten a minute, four at once: a unit is earned back every six seconds. Each row goes on from the one before. */
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
                + gcra.timeToEarn(Limit.MAX_UNITS).roundedUp();

        assertThat(farthest).isLessThan(1L << 53);
        // scaled multiplies bit by bit: three times the old tolerance, and the new one in 52 bits
        assertThat(3 * gcra.tolerance().roundedUp()).isLessThan(1L << 52);
    }

    @ParameterizedTest(name = "{3} of {2} used of {0} per {1} s; of {4} per {5} s with {6} at once {7} remain")
    @CsvSource({
        "10, 60, 10, 5,  20, 60, 20,  10",
        "10, 60, 10, 1,  20, 60, 20,  18",
        "10, 60, 10, 10, 5, 3600, 5,  0",
        "10, 60, 10, 0,  5, 3600, 5,  5",
        "10, 60, 10, 3,  5, 60, 5,    3",
        "3, 10, 3, 3,    7, 60, 7,    0",
        "1000000000, 1, 1, 1,  1, 315360000, 1,  0",
        "1, 315360000, 1, 1,   1000000000, 1, 1000000000,  0",
        "2, 315360000, 2, 1,   1000000000, 1, 1000000000,  500000000"
    })
    void aChangedLimitKeepsTheUsedShare(
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
    void aCarriedDebtIsCapped() {
        var before = new GcraAlgorithm(1, 1, 1);
        var after = new GcraAlgorithm(1, TEN_YEARS, 1);

        var carried = after.found(before.state(Micros.at(NOW + 100_000 * SECOND)), NOW);

        assertThat(carried).isEqualTo(after.state(Micros.at(NOW + GcraAlgorithm.MAX_USED)));
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
