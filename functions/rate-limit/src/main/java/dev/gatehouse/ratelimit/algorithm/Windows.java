// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Consecutive windows without gaps, numbered in ascending order. */
sealed interface Windows {

    /** The upper bound of a count, which keeps it a whole number in Lua. */
    long MAX_COUNT = 1L << 51;

    long numberAt(long micros);

    /** Returns the start of a window in microseconds since 1970. */
    long startOf(long number);

    /** Returns the upper bound of a window's length in microseconds. */
    long longest();

    /** Windows of equal length, counted from 1970. */
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

    /** Windows of the calendar. */
    record OfCalendar(Algorithm.CalendarWindow calendar) implements Windows {

        @Override
        public long numberAt(long micros) {
            return calendar.numberAt(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
        }

        @Override
        public long startOf(long number) {
            return calendar.startOf(number).getEpochSecond() * 1_000_000;
        }

        @Override
        public long longest() {
            return calendar.period().longestSeconds() * 1_000_000;
        }
    }

    /** Returns the units of {@code count} windows, at most {@link #MAX_COUNT}. */
    static long worth(long count, long limit) {
        return count > MAX_COUNT / limit ? MAX_COUNT : count * limit;
    }

    /** Returns the largest debt, which is paid off in ten years. */
    static long mostUsed(long windowMicros, long limit) {
        return worth(Math.max(1, Algorithm.MAX_WINDOW_SECONDS * 1_000_000 / windowMicros), limit);
    }

    static Windows of(Algorithm.FixedWindow fixed) {
        return new Even(fixed.windowSeconds() * 1_000_000);
    }

    static Windows of(Algorithm.CalendarWindow calendar) {
        return new OfCalendar(calendar);
    }
}
