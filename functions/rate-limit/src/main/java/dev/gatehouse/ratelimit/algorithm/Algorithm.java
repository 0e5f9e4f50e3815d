// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** The algorithm of a limit and its period of time. */
public sealed interface Algorithm {

    /** The maximum window: ten years of 365 days. */
    long MAX_WINDOW_SECONDS = 315_360_000;

    /** Returns the window's length in seconds, for display; null if it has no fixed length. */
    default @Nullable Long windowSeconds() {
        return null;
    }

    /**
     * The generic cell rate algorithm. {@code limit} units are freed evenly over every
     * {@code windowSeconds}, and {@code burst} may pass at once. No window boundary admits two windows' worth of units.
     *
     * @param windowSeconds 1 to {@link #MAX_WINDOW_SECONDS}
     * @param burst units that may pass at once, 1 to 1,000,000,000; freed within
     *     {@link #MAX_WINDOW_SECONDS}
     */
    record Gcra(Long windowSeconds, long burst) implements Algorithm {}

    /**
     * A window that ends now, estimated from two buckets. The use of the previous bucket is assumed to be even and is
     * weighted by the part that the window still covers.
     *
     * <p>If that use was uneven, a window's length of time may see more than the limit. The worst case is twice the
     * limit less one unit, when all use of a bucket came at its end. A single bucket never exceeds the limit. Each
     * bucket absorbs one limit's worth of a debt.
     *
     * <p>The weight is rounded up to whole units. It falls in steps of a 4,194,304th of the window, or of a
     * microsecond.
     *
     * @param windowSeconds 1 to {@link #MAX_WINDOW_SECONDS}
     */
    record SlidingWindow(Long windowSeconds) implements Algorithm {}

    /**
     * Consecutive windows, counted from 1970. Each window starts with all units available, less a debt. Each window
     * absorbs one limit's worth of a debt.
     *
     * @param windowSeconds 1 to {@link #MAX_WINDOW_SECONDS}
     */
    record FixedWindow(Long windowSeconds) implements Algorithm {}

    /**
     * The windows of a calendar. A day lasts from midnight to midnight in {@code zone}, whether 23 or 25 hours. Debts
     * carry over as in {@link FixedWindow}.
     *
     * @param startsOn the day on which one of the periods begins, of a {@link CalendarPeriod#canStartOnAnyDay} period; null for
     *     the day of the calendar
     */
    record CalendarWindow(
            CalendarPeriod period, ZoneId zone, @Nullable LocalDate startsOn) implements Algorithm {

        /** Creates windows that begin on the day of the calendar. */
        public CalendarWindow(CalendarPeriod period, ZoneId zone) {
            this(period, zone, null);
        }

        /** Returns the number of the window that contains {@code time}. Windows are numbered consecutively. */
        public long numberAt(Instant time) {
            return period.numberAt(time, zone, startsOn);
        }

        /** Returns the start of the window of this number. */
        public Instant startOf(long number) {
            return period.startOf(number, zone, startsOn);
        }

        @Override
        public @Nullable Long windowSeconds() {
            return period.nominalSeconds();
        }
    }

    /** No limit: admits everything and counts nothing. */
    record Unlimited() implements Algorithm {}
}
