// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A period of the calendar that a quota applies to. Periods are numbered consecutively.
 *
 * <p>Periods follow the zone's rules. A day with a clock change has 23 or 25 hours, a repeated hour counts twice, and a
 * skipped one not at all. Minutes are the same in all current zones.
 *
 * <p>Weeks begin on Monday, as in ISO 8601. Weeks, months and years may begin on another day instead, such as a billing
 * date: all begin on that day of the week, of the month, or of the year. A month or year without that day begins on its
 * last day, or on the last of February.
 */
public enum CalendarPeriod {
    MINUTE(60L, 60) {
        @Override
        long numberAt(Instant time, ZoneId zone, @Nullable LocalDate startsOn) {
            return Math.floorDiv(time.getEpochSecond(), 60);
        }

        @Override
        Instant startOf(long number, ZoneId zone, @Nullable LocalDate startsOn) {
            return Instant.ofEpochSecond(number * 60);
        }
    },
    HOUR(3600L, 2 * 3600) {
        @Override
        long numberAt(Instant time, ZoneId zone, @Nullable LocalDate startsOn) {
            long number = Math.floorDiv(time.getEpochSecond(), 3600);
            return startOf(number, zone, startsOn).isAfter(time) ? number - 1 : number;
        }

        /** Relies on one hour of the zone beginning in each hour of UTC, even where clocks change by half an hour. */
        @Override
        Instant startOf(long number, ZoneId zone, @Nullable LocalDate startsOn) {
            var lastSecond = Instant.ofEpochSecond(number * 3600 + 3599).atZone(zone);
            var start = lastSecond.truncatedTo(ChronoUnit.HOURS);
            // If the clocks skip the hour's start, it starts at the end of the gap.
            var change =
                    zone.getRules().getTransition(lastSecond.toLocalDateTime().truncatedTo(ChronoUnit.HOURS));
            return change != null && change.isGap() ? change.getInstant() : start.toInstant();
        }
    },
    DAY(86_400L, 27 * 3600, ChronoUnit.DAYS, LocalDate.EPOCH),
    WEEK(7 * 86_400L, 8 * 86_400, ChronoUnit.WEEKS, LocalDate.of(1970, 1, 5)),
    MONTH(null, 32 * 86_400, ChronoUnit.MONTHS, LocalDate.of(0, 1, 1)),
    YEAR(null, 367 * 86_400, ChronoUnit.YEARS, LocalDate.of(0, 1, 1));

    /** The number of the period that begins on a given day. Numbers of 10,000 years before it are positive, as scripts need them. */
    private static final long FIRST_NUMBER = 1 << 20;

    private final @Nullable Long nominalSeconds;
    private final long longestSeconds;
    private final ChronoUnit unit;

    /** The first day of period 0 of the calendar. */
    private final LocalDate firstDay;

    CalendarPeriod(@Nullable Long nominalSeconds, long longestSeconds) {
        this(nominalSeconds, longestSeconds, ChronoUnit.DAYS, LocalDate.EPOCH);
    }

    CalendarPeriod(@Nullable Long nominalSeconds, long longestSeconds, ChronoUnit unit, LocalDate firstDay) {
        this.nominalSeconds = nominalSeconds;
        this.longestSeconds = longestSeconds;
        this.unit = unit;
        this.firstDay = firstDay;
    }

    /**
     * Returns the number of the period that contains {@code time}.
     *
     * @param startsOn the first day of one of the periods; null for the days of the calendar
     */
    long numberAt(Instant time, ZoneId zone, @Nullable LocalDate startsOn) {
        var date = time.atZone(zone).toLocalDate();
        long number = startsOn == null ? unit.between(firstDay, date) : FIRST_NUMBER + unit.between(startsOn, date);
        // Whole units between dates may be one too few or too many: before the first day, on the last day of a month,
        // and where a clock change repeats a midnight.
        while (startOf(number, zone, startsOn).isAfter(time)) {
            number--;
        }
        while (!startOf(number + 1, zone, startsOn).isAfter(time)) {
            number++;
        }
        return number;
    }

    /** Returns the start of a period, with the same {@code startsOn} as in {@link #numberAt}. */
    Instant startOf(long number, ZoneId zone, @Nullable LocalDate startsOn) {
        var day = startsOn == null ? firstDay.plus(number, unit) : startsOn.plus(number - FIRST_NUMBER, unit);
        return day.atStartOfDay(zone).toInstant();
    }

    /** Returns whether the periods may begin on another day than that of the calendar: weeks, months and years. */
    public boolean canStartOnAnyDay() {
        return compareTo(WEEK) >= 0;
    }

    /** Returns the length without clock changes in seconds; null for months and years, which vary. */
    @Nullable
    Long nominalSeconds() {
        return nominalSeconds;
    }

    /** Returns the upper bound of the length in seconds. */
    public long longestSeconds() {
        return longestSeconds;
    }
}
