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
            long number = Math.floorDiv(time.getEpochSecond(), 3600);
            return startOf(number, zone).isAfter(time) ? number - 1 : number;
        }

        /** Even where clocks change by half an hour, one hour of the zone begins in each hour of UTC. */
        @Override
        Instant startOf(long number, ZoneId zone) {
            var lastSecond = Instant.ofEpochSecond(number * 3600 + 3599).atZone(zone);
            var start = lastSecond.truncatedTo(ChronoUnit.HOURS);
            // Where the clocks skip its beginning, the hour begins with what they do not skip.
            var change =
                    zone.getRules().getTransition(lastSecond.toLocalDateTime().truncatedTo(ChronoUnit.HOURS));
            return change != null && change.isGap() ? change.getInstant() : start.toInstant();
        }
    },
    DAY(86_400L, 27 * 3600) {
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
