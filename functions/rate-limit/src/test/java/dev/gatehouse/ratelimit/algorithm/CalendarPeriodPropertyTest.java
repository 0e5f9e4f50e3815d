// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import dev.gatehouse.testkit.DeepTries;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.time.api.Dates;

/** Compares the windows of the years 1970 to 2100, in any zone, with the days on which they must start. */
class CalendarPeriodPropertyTest {

    private static final long FROM = Instant.parse("1970-01-01T00:00:00Z").getEpochSecond();
    private static final long TO = Instant.parse("2101-01-01T00:00:00Z").getEpochSecond();

    record Case(CalendarPeriod period, ZoneId zone, LocalDate startsOn, Instant time) {

        private boolean isFirstDay(LocalDate day) {
            return switch (period) {
                case WEEK -> day.getDayOfWeek() == startsOn.getDayOfWeek();
                case MONTH -> day.getDayOfMonth() == Math.min(startsOn.getDayOfMonth(), day.lengthOfMonth());
                case YEAR ->
                    day.getMonth() == startsOn.getMonth()
                            && day.getDayOfMonth() == Math.min(startsOn.getDayOfMonth(), day.lengthOfMonth());
                case MINUTE, HOUR, DAY -> throw new IllegalArgumentException();
            };
        }

        private Instant start() {
            var day = time.atZone(zone).toLocalDate().plusDays(2);
            while (!isFirstDay(day) || startOf(day).isAfter(time)) {
                day = day.minusDays(1);
            }
            return startOf(day);
        }

        private Instant end() {
            var day = time.atZone(zone).toLocalDate().minusDays(2);
            while (!isFirstDay(day) || !startOf(day).isAfter(time)) {
                day = day.plusDays(1);
            }
            return startOf(day);
        }

        private Instant startOf(LocalDate day) {
            return day.atStartOfDay(zone).toInstant();
        }
    }

    @Property(tries = 1_000)
    @DeepTries(200_000)
    void aWindowStartsOnItsDay(@ForAll("cases") Case one) {
        var windows = new CalendarWindow(one.period, one.zone, one.startsOn);

        long number = windows.numberAt(one.time);

        assertThat(number).isPositive();
        assertThat(windows.startOf(number)).isEqualTo(one.start());
        assertThat(windows.startOf(number + 1)).isEqualTo(one.end());
        assertThat(windows.numberAt(one.start())).isEqualTo(number);
        assertThat(windows.numberAt(one.end())).isEqualTo(number + 1);
        assertThat(windows.numberAt(one.end().minus(1, ChronoUnit.MICROS))).isEqualTo(number);
        assertThat(Windows.of(windows).longest())
                .isGreaterThanOrEqualTo(ChronoUnit.MICROS.between(one.start(), one.end()));
    }

    @Provide
    Arbitrary<Case> cases() {
        var zones = Arbitraries.of(new TreeSet<>(ZoneId.getAvailableZoneIds())).map(ZoneId::of);
        var periods = Arbitraries.of(CalendarPeriod.class).filter(CalendarPeriod::canStartOnAnyDay);
        var dates = Arbitraries.oneOf(
                Dates.dates().between(LocalDate.of(1900, 1, 1), LocalDate.of(2200, 12, 31)),
                Arbitraries.of("0000-01-01", "2024-01-29", "2024-01-30", "2024-01-31", "2024-02-29", "9999-12-31")
                        .map(LocalDate::parse));
        var times = Arbitraries.longs().between(FROM, TO);
        var any = Combinators.combine(periods, zones, dates, times)
                .as((period, zone, day, time) -> new Case(period, zone, day, Instant.ofEpochSecond(time)));
        return Arbitraries.oneOf(
                any,
                any.map(one -> near(one, one.end(), 0)),
                any.map(one -> near(one, one.end(), -1)),
                any.map(CalendarPeriodPropertyTest::nearClockChange));
    }

    private static Case near(Case one, Instant time, long micros) {
        return new Case(one.period, one.zone, one.startsOn, time.plus(micros, ChronoUnit.MICROS));
    }

    private static Case nearClockChange(Case one) {
        var change = one.zone.getRules().nextTransition(one.time);
        return change == null ? one : near(one, change.getInstant(), one.time.getEpochSecond() % 3 - 1);
    }
}
