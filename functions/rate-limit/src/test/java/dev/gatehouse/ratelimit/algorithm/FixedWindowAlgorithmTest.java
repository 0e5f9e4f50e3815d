// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.FixedWindow;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class FixedWindowAlgorithmTest {

    private static final long MINUTE = 60_000_000;

    /** The beginning of a minute, of an hour and, where it is UTC, of a day. */
    private static final long NOW = 1_790_035_200_000_000L;

    @Test
    void eachEndedWindowAbsorbsALimitOfACarriedDebt() {
        var perMinute = new FixedWindowAlgorithm(10, Windows.of(new FixedWindow(60L)));
        var perHour = new FixedWindowAlgorithm(10, Windows.of(new FixedWindow(3600L)));
        var debt = perMinute.unused(NOW).forced(57, NOW);

        assertThat(perHour.found(debt, NOW).used()).isEqualTo(57);
        assertThat(perHour.found(debt, NOW + MINUTE - 1).used()).isEqualTo(57);
        assertThat(perHour.found(debt, NOW + MINUTE).used()).isEqualTo(47);
        assertThat(perHour.found(debt, NOW + 5 * MINUTE).used()).isEqualTo(7);
        assertThat(perHour.found(debt, NOW + 6 * MINUTE).used()).isZero();
    }

    @Test
    void anotherAlgorithmAssumesTheLongestCalendarWindows() {
        var daily = new FixedWindowAlgorithm(10, Windows.of(new CalendarWindow(CalendarPeriod.DAY, ZoneId.of("UTC"))));
        var debt = daily.unused(NOW).forced(25, NOW);
        long midnight = debt.end();

        assertThat(debt.used(midnight)).isEqualTo(UsedUnits.of(15, 10));
        assertThat(debt.used(midnight + 26 * 60 * MINUTE).whole()).isEqualTo(15);
        assertThat(debt.used(midnight + 27 * 60 * MINUTE).whole()).isEqualTo(5);
        // and it is stored as long as it counts
        assertThat(debt.life(midnight)).isEqualTo(54 * 60 * MINUTE);
    }
}
