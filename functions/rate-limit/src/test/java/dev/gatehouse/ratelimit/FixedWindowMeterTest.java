package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.Meter.Kept;
import dev.gatehouse.ratelimit.Meter.Share;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class FixedWindowMeterTest {

    private static final long MINUTE = 60_000_000;

    /** The beginning of a minute, of an hour and, where it is UTC, of a day. */
    private static final long NOW = 1_790_035_200_000_000L;

    @Test
    void aDebtIsCarriedToAnotherKindOfLimitLessALimitForEachWindowThatHasEnded() {
        var perMinute = Meter.of(Limit.fixed("limit", 10, 60));
        var perHour = Meter.of(Limit.fixed("limit", 10, 3600));
        var debt = perMinute.forced(perMinute.unused(NOW), 57, NOW);
        var kept = new Kept(perMinute.shape(), debt);

        assertThat(perHour.found(kept, NOW).a()).isEqualTo(57);
        assertThat(perHour.found(kept, NOW + MINUTE - 1).a()).isEqualTo(57);
        assertThat(perHour.found(kept, NOW + MINUTE).a()).isEqualTo(47);
        assertThat(perHour.found(kept, NOW + 5 * MINUTE).a()).isEqualTo(7);
        assertThat(perHour.found(kept, NOW + 6 * MINUTE).a()).isZero();
    }

    @Test
    void aCalendarsWindowsCountForAnotherKindAsIfAllWereTheLongest() {
        var daily = Meter.of(Limit.calendar("limit", 10, CalendarPeriod.DAY, ZoneId.of("UTC")));
        var debt = daily.forced(daily.unused(NOW), 25, NOW);
        long midnight = debt.c();

        assertThat(daily.shape().share(debt, midnight)).isEqualTo(new Share(15, 10, false, true));
        assertThat(daily.shape().share(debt, midnight + 26 * 60 * MINUTE).used())
                .isEqualTo(15);
        assertThat(daily.shape().share(debt, midnight + 27 * 60 * MINUTE).used())
                .isEqualTo(5);
        // and it is kept as long as it counts
        assertThat(daily.life(debt, midnight)).isEqualTo(54 * 60 * MINUTE);
    }
}
