// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CalendarPeriodTest {

    private static final Instant FROM = Instant.parse("2016-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2031-01-01T00:00:00Z");

    /** The period in which a moment lies: its beginning, and its length. */
    @ParameterizedTest(name = "{0} at {2} in {1}: from {3} on, {4}")
    @CsvSource({
        // clocks forward: a day of 23 hours
        "DAY, Europe/Berlin, 2026-03-29T10:00:00Z, 2026-03-28T23:00:00Z, PT23H",
        "DAY, America/New_York, 2026-03-08T12:00:00Z, 2026-03-08T05:00:00Z, PT23H",
        // back: of 25 hours
        "DAY, Europe/Berlin, 2026-10-25T10:00:00Z, 2026-10-24T22:00:00Z, PT25H",
        "DAY, America/New_York, 2026-11-01T12:00:00Z, 2026-11-01T04:00:00Z, PT25H",
        "DAY, America/New_York, 2026-11-02T04:59:59.999999Z, 2026-11-01T04:00:00Z, PT25H",
        // forward at midnight: the day begins at one o'clock
        "DAY, America/Sao_Paulo, 2018-11-04T12:00:00Z, 2018-11-04T03:00:00Z, PT23H",
        "DAY, America/Sao_Paulo, 2018-11-04T02:59:59Z, 2018-11-03T03:00:00Z, PT24H",
        "DAY, Africa/Cairo, 2024-04-26T12:00:00Z, 2024-04-25T22:00:00Z, PT23H",
        "DAY, Asia/Beirut, 2024-03-31T12:00:00Z, 2024-03-30T22:00:00Z, PT23H",
        // back at midnight: the hour before it comes twice, the midnight once
        "DAY, America/Sao_Paulo, 2018-02-18T01:30:00Z, 2018-02-17T02:00:00Z, PT25H",
        "DAY, America/Sao_Paulo, 2018-02-18T02:30:00Z, 2018-02-17T02:00:00Z, PT25H",
        "DAY, Asia/Beirut, 2024-10-26T20:59:59Z, 2024-10-25T21:00:00Z, PT25H",
        // back from one o'clock: the midnight comes twice, the day begins with the first
        "DAY, America/Havana, 2026-11-01T05:30:00Z, 2026-11-01T04:00:00Z, PT25H",
        // half an hour
        "DAY, Australia/Lord_Howe, 2026-04-05T00:00:00Z, 2026-04-04T13:00:00Z, PT24H30M",
        "HOUR, Australia/Lord_Howe, 2026-04-04T15:15:00Z, 2026-04-04T14:00:00Z, PT1H30M",
        "HOUR, Australia/Lord_Howe, 2026-10-03T15:40:00Z, 2026-10-03T15:30:00Z, PT30M",
        "HOUR, Australia/Lord_Howe, 2026-07-01T15:15:00Z, 2026-07-01T14:30:00Z, PT1H",
        // +05:45
        "HOUR, Asia/Kathmandu, 2026-07-01T12:14:59.999999Z, 2026-07-01T11:15:00Z, PT1H",
        "HOUR, Asia/Kathmandu, 2026-07-01T12:15:00Z, 2026-07-01T12:15:00Z, PT1H",
        "DAY, Asia/Kathmandu, 2026-07-01T12:15:00Z, 2026-06-30T18:15:00Z, PT24H",
        // an hour that comes twice counts twice, one that is skipped is not there
        "HOUR, Europe/Berlin, 2026-10-25T00:30:00Z, 2026-10-25T00:00:00Z, PT1H",
        "HOUR, Europe/Berlin, 2026-10-25T01:30:00Z, 2026-10-25T01:00:00Z, PT1H",
        "HOUR, Europe/Berlin, 2026-03-29T00:30:00Z, 2026-03-29T00:00:00Z, PT1H",
        "HOUR, Europe/Berlin, 2026-03-29T01:30:00Z, 2026-03-29T01:00:00Z, PT1H",
        // two hours at once
        "DAY, Antarctica/Troll, 2026-10-25T12:00:00Z, 2026-10-24T22:00:00Z, PT26H",
        "HOUR, Antarctica/Troll, 2026-03-29T01:30:00Z, 2026-03-29T01:00:00Z, PT1H",
        "MINUTE, Asia/Kathmandu, 2026-07-01T12:15:59.999999Z, 2026-07-01T12:15:00Z, PT1M",
        "MONTH, UTC, 2026-02-28T23:59:59.999999Z, 2026-02-01T00:00:00Z, PT672H",
        "MONTH, UTC, 2028-02-29T12:00:00Z, 2028-02-01T00:00:00Z, PT696H",
        "MONTH, UTC, 2026-12-31T23:59:59Z, 2026-12-01T00:00:00Z, PT744H",
        "MONTH, UTC, 2027-01-01T00:00:00Z, 2027-01-01T00:00:00Z, PT744H",
        "MONTH, Europe/Berlin, 2026-10-01T00:00:00Z, 2026-09-30T22:00:00Z, PT745H",
        "MONTH, Europe/Berlin, 2026-03-15T00:00:00Z, 2026-02-28T23:00:00Z, PT743H",
        // weeks begin on Monday
        "WEEK, UTC, 2026-11-29T23:59:59.999999Z, 2026-11-23T00:00:00Z, PT168H",
        "WEEK, UTC, 2026-11-30T00:00:00Z, 2026-11-30T00:00:00Z, PT168H",
        "WEEK, Europe/Berlin, 2026-03-29T10:00:00Z, 2026-03-22T23:00:00Z, PT167H",
        "WEEK, Europe/Berlin, 2026-10-25T22:59:59Z, 2026-10-18T22:00:00Z, PT169H",
        "WEEK, UTC, 1969-12-31T00:00:00Z, 1969-12-29T00:00:00Z, PT168H",
        "YEAR, UTC, 2026-12-31T23:59:59.999999Z, 2026-01-01T00:00:00Z, PT8760H",
        "YEAR, UTC, 2028-07-01T00:00:00Z, 2028-01-01T00:00:00Z, PT8784H",
        "YEAR, Europe/Berlin, 2026-12-31T23:00:00Z, 2026-12-31T23:00:00Z, PT8760H",
    })
    void aPeriodFollowsTheRulesOfItsZone(
            CalendarPeriod period, ZoneId zone, Instant time, Instant start, Duration length) {
        lastsFrom(new CalendarWindow(period, zone), time, start, length);
    }

    @ParameterizedTest(name = "{0} from {2} at {3} in {1}: from {4} on, {5}")
    @CsvSource({
        "WEEK, UTC, 2026-01-01, 2026-11-29T00:00:00Z, 2026-11-26T00:00:00Z, PT168H",
        "WEEK, UTC, 2031-01-01, 2026-11-29T00:00:00Z, 2026-11-25T00:00:00Z, PT168H",
        "MONTH, UTC, 2024-01-15, 2026-11-14T23:59:59.999999Z, 2026-10-15T00:00:00Z, PT744H",
        "MONTH, UTC, 2024-01-15, 2026-11-15T00:00:00Z, 2026-11-15T00:00:00Z, PT720H",
        // the last day of shorter months, and the 31st again in the next
        "MONTH, UTC, 2024-01-31, 2026-02-27T12:00:00Z, 2026-01-31T00:00:00Z, PT672H",
        "MONTH, UTC, 2024-01-31, 2026-02-28T12:00:00Z, 2026-02-28T00:00:00Z, PT744H",
        "MONTH, UTC, 2024-01-31, 2028-02-29T12:00:00Z, 2028-02-29T00:00:00Z, PT744H",
        "MONTH, UTC, 2024-01-31, 2026-04-30T12:00:00Z, 2026-04-30T00:00:00Z, PT744H",
        "MONTH, UTC, 2024-01-31, 2026-05-30T12:00:00Z, 2026-04-30T00:00:00Z, PT744H",
        "MONTH, Europe/Berlin, 2024-01-31, 2026-03-30T21:59:59Z, 2026-02-27T23:00:00Z, PT743H",
        // also before the date, and in a year of its own
        "MONTH, UTC, 2030-12-31, 2026-06-30T12:00:00Z, 2026-06-30T00:00:00Z, PT744H",
        "YEAR, UTC, 2020-02-29, 2026-02-28T12:00:00Z, 2026-02-28T00:00:00Z, PT8760H",
        "YEAR, UTC, 2020-02-29, 2028-02-28T12:00:00Z, 2027-02-28T00:00:00Z, PT8784H",
        "YEAR, UTC, 2020-02-29, 2028-02-29T12:00:00Z, 2028-02-29T00:00:00Z, PT8760H",
        "YEAR, America/New_York, 1999-04-01, 2026-04-01T03:59:59Z, 2025-04-01T04:00:00Z, PT8760H",
    })
    void aPeriodMayStartOnAnyDay(
            CalendarPeriod period, ZoneId zone, LocalDate startsOn, Instant time, Instant start, Duration length) {
        lastsFrom(new CalendarWindow(period, zone, startsOn), time, start, length);
    }

    private static void lastsFrom(CalendarWindow windows, Instant time, Instant start, Duration length) {
        long number = windows.numberAt(time);

        assertThat(windows.startOf(number)).isEqualTo(start);
        assertThat(windows.startOf(number + 1)).isEqualTo(start.plus(length));
    }

    /** All zones there are, wherever and whenever their clocks change, and a week after that. */
    @ParameterizedTest
    @EnumSource
    void periodsFollowEachOtherWithoutGapOrOverlapInEveryZone(CalendarPeriod period) {
        var rules = new HashSet<ZoneRules>();
        for (var id : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
            var zone = ZoneId.of(id);
            if (!rules.add(zone.getRules())) {
                continue;
            }
            for (var time : timesOfInterest(zone)) {
                var windows = new CalendarWindow(period, zone);
                long number = windows.numberAt(time);
                for (long n = number - 3; n <= number + 3; n++) {
                    isOneOfARow(Windows.of(windows), n);
                }
            }
        }
    }

    private static void isOneOfARow(Windows windows, long number) {
        long start = windows.startOf(number);
        long end = windows.startOf(number + 1);
        boolean fine = start < end
                && end - start <= windows.longest()
                && windows.numberAt(start) == number
                && windows.numberAt(start + (end - start) / 2) == number
                && windows.numberAt(end - 1) == number;
        if (!fine) {
            throw new AssertionError("%s %d: %d to %d".formatted(windows, number, start, end));
        }
    }

    private static List<Instant> timesOfInterest(ZoneId zone) {
        var times = new ArrayList<Instant>();
        for (var change = zone.getRules().nextTransition(FROM);
                change != null && change.getInstant().isBefore(TO);
                change = zone.getRules().nextTransition(change.getInstant())) {
            times.add(change.getInstant());
            times.add(change.getInstant().plus(7, ChronoUnit.DAYS));
        }
        times.add(FROM);
        times.add(TO);
        return times;
    }

    @Test
    void theHoursOfADecadeAreNumberedConsecutively() {
        for (var zone : List.of("Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu")) {
            var hours = Windows.of(new CalendarWindow(CalendarPeriod.HOUR, ZoneId.of(zone)));
            long first = hours.numberAt(micros(Instant.parse("2020-01-01T00:00:00Z")));
            long last = hours.numberAt(micros(Instant.parse("2030-01-01T00:00:00Z")));
            for (long hour = first; hour < last; hour++) {
                isOneOfARow(hours, hour);
            }
        }
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
