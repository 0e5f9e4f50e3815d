package dev.gatehouse.ratelimit;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of the calendar that a quota is for. Each such stretch has a number, one more than the one before it.
 *
 * <p>All go by the zone's rules: a day on which clocks are changed has 23 or 25 hours, an hour that is repeated counts
 * twice, and one that is skipped not at all. (Minutes are the same in all zones of today.)
 */
public enum CalendarPeriod {
    MINUTE(60L, 60) {
        @Override
        long numberAt(Instant time, ZoneId zone) {
            return Math.floorDiv(time.getEpochSecond(), 60);
        }

        @Override
        Instant startOf(long number, ZoneId zone) {
            return Instant.ofEpochSecond(number * 60);
        }
    },
    HOUR(3600L, 2 * 3600) {
        @Override
        long numberAt(Instant time, ZoneId zone) {
            var start = time.atZone(zone).truncatedTo(ChronoUnit.HOURS);
            return Math.floorDiv(start.toEpochSecond(), 3600);
        }

        /** Even where clocks change by half an hour, exactly one hour of the zone begins in each hour of UTC. */
        @Override
        Instant startOf(long number, ZoneId zone) {
            var lastSecond = Instant.ofEpochSecond(number * 3600 + 3599);
            return lastSecond.atZone(zone).truncatedTo(ChronoUnit.HOURS).toInstant();
        }
    },
    DAY(86_400L, 26 * 3600) {
        @Override
        long numberAt(Instant time, ZoneId zone) {
            return time.atZone(zone).toLocalDate().toEpochDay();
        }

        @Override
        Instant startOf(long number, ZoneId zone) {
            return LocalDate.ofEpochDay(number).atStartOfDay(zone).toInstant();
        }
    },
    MONTH(null, 32 * 86_400) {
        @Override
        long numberAt(Instant time, ZoneId zone) {
            return time.atZone(zone).getLong(ChronoField.PROLEPTIC_MONTH);
        }

        @Override
        Instant startOf(long number, ZoneId zone) {
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

    /** The number of the period that {@code time} lies in. */
    abstract long numberAt(Instant time, ZoneId zone);

    abstract Instant startOf(long number, ZoneId zone);

    /** How long it is where clocks do not change; null for months, which differ. */
    @Nullable
    Long nominalSeconds() {
        return nominalSeconds;
    }

    /** It is never longer than this. */
    long longestSeconds() {
        return longestSeconds;
    }
}
