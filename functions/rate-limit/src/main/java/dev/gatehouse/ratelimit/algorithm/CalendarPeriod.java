package dev.gatehouse.ratelimit.algorithm;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A period of the calendar that a quota applies to. Periods are numbered consecutively.
 *
 * <p>Periods follow the zone's rules. A day with a clock change has 23 or 25 hours, a repeated hour counts twice, and a
 * skipped one not at all. Minutes are the same in all current zones.
 */
public enum CalendarPeriod {
    MINUTE(60L, 60) {
        @Override
        public long numberAt(Instant time, ZoneId zone) {
            return Math.floorDiv(time.getEpochSecond(), 60);
        }

        @Override
        public Instant startOf(long number, ZoneId zone) {
            return Instant.ofEpochSecond(number * 60);
        }
    },
    HOUR(3600L, 2 * 3600) {
        @Override
        public long numberAt(Instant time, ZoneId zone) {
            long number = Math.floorDiv(time.getEpochSecond(), 3600);
            return startOf(number, zone).isAfter(time) ? number - 1 : number;
        }

        /** Relies on one hour of the zone beginning in each hour of UTC, even where clocks change by half an hour. */
        @Override
        public Instant startOf(long number, ZoneId zone) {
            var lastSecond = Instant.ofEpochSecond(number * 3600 + 3599).atZone(zone);
            var start = lastSecond.truncatedTo(ChronoUnit.HOURS);
            // If the clocks skip the hour's start, it starts at the end of the gap.
            var change =
                    zone.getRules().getTransition(lastSecond.toLocalDateTime().truncatedTo(ChronoUnit.HOURS));
            return change != null && change.isGap() ? change.getInstant() : start.toInstant();
        }
    },
    DAY(86_400L, 27 * 3600) {
        @Override
        public long numberAt(Instant time, ZoneId zone) {
            return time.atZone(zone).toLocalDate().toEpochDay();
        }

        @Override
        public Instant startOf(long number, ZoneId zone) {
            return LocalDate.ofEpochDay(number).atStartOfDay(zone).toInstant();
        }
    },
    MONTH(null, 32 * 86_400) {
        @Override
        public long numberAt(Instant time, ZoneId zone) {
            return time.atZone(zone).getLong(ChronoField.PROLEPTIC_MONTH);
        }

        @Override
        public Instant startOf(long number, ZoneId zone) {
            var first =
                    LocalDate.of(Math.toIntExact(Math.floorDiv(number, 12)), (int) Math.floorMod(number, 12L) + 1, 1);
            return first.atStartOfDay(zone).toInstant();
        }
    };

    private final @Nullable Long nominalSeconds;
    private final long longestSeconds;

    CalendarPeriod(@Nullable Long nominalSeconds, long longestSeconds) {
        this.nominalSeconds = nominalSeconds;
        this.longestSeconds = longestSeconds;
    }

    /** Returns the number of the period that contains {@code time}. */
    public abstract long numberAt(Instant time, ZoneId zone);

    public abstract Instant startOf(long number, ZoneId zone);

    /** Returns the length without clock changes in seconds; null for months, which vary. */
    @Nullable
    Long nominalSeconds() {
        return nominalSeconds;
    }

    /** Returns the upper bound of the length in seconds. */
    public long longestSeconds() {
        return longestSeconds;
    }
}
