package dev.gatehouse.ratelimit;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** Windows that follow each other without a gap, each with a number one more than the one before it. */
sealed interface Windows {

    long numberAt(long micros);

    /** When a window begins, in microseconds. */
    long startOf(long number);

    /** No window is longer. In microseconds. */
    long longest();

    /** Every so many microseconds, since 1970. */
    record Even(long micros) implements Windows {

        @Override
        public long numberAt(long time) {
            return Math.floorDiv(time, micros);
        }

        @Override
        public long startOf(long number) {
            return number * micros;
        }

        @Override
        public long longest() {
            return micros;
        }
    }

    /** As the calendar has them where {@code zone} is. */
    record OfCalendar(CalendarPeriod period, ZoneId zone) implements Windows {

        @Override
        public long numberAt(long micros) {
            return period.numberAt(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), zone);
        }

        @Override
        public long startOf(long number) {
            return period.startOf(number, zone).getEpochSecond() * 1_000_000;
        }

        @Override
        public long longest() {
            return period.longestSeconds() * 1_000_000;
        }
    }

    static Windows of(Algorithm.FixedWindow fixed) {
        return new Even(fixed.windowSeconds() * 1_000_000);
    }

    static Windows of(Algorithm.CalendarWindow calendar) {
        return new OfCalendar(calendar.period(), calendar.zone());
    }
}
