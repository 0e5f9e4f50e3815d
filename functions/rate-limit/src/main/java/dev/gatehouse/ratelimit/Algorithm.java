package dev.gatehouse.ratelimit;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** How a {@link Limit} counts, and over which time. */
public sealed interface Algorithm {

    /** The length of the window in seconds, for display; null where it has no fixed length. */
    @Nullable
    Long windowSeconds();

    /**
     * The generic cell rate algorithm: {@link Limit#limit} units are earned back evenly over every {@code windowSeconds}, and
     * {@code burst} may come at once. It has no edges at which a window's worth comes twice.
     *
     * @param windowSeconds 1 to {@link Limit#MAX_WINDOW_SECONDS}
     * @param burst units that may come at once, 1 to {@link Limit#MAX_UNITS}, and earned back within
     *     {@link Limit#MAX_WINDOW_SECONDS}
     */
    record Gcra(Long windowSeconds, long burst) implements Algorithm {}

    /**
     * A window that ends now, counted in two buckets: what was used in the bucket before is taken to have come evenly, and
     * weighs as much as the window still covers of it.
     *
     * <p>Where it did not come evenly, a stretch of one window may see more than the limit: twice the limit less one unit
     * at worst, when all of one bucket came at its end. In each bucket by itself the limit is never exceeded. Of a debt
     * each bucket takes a limit's worth.
     *
     * <p>The weight is rounded up to whole units, and falls in steps of a 4,194,304th of the window, or of a microsecond.
     *
     * @param windowSeconds 1 to {@link Limit#MAX_WINDOW_SECONDS}
     */
    record SlidingWindow(Long windowSeconds) implements Algorithm {}

    /**
     * Windows that follow each other, counted from 1970: at each beginning all units are there again, but for a debt, of
     * which each window takes a limit's worth.
     *
     * @param windowSeconds 1 to {@link Limit#MAX_WINDOW_SECONDS}
     */
    record FixedWindow(Long windowSeconds) implements Algorithm {}

    /**
     * The windows of a calendar: a day is from midnight to midnight where {@code zone} is, be it 23 hours or 25. A debt as in
     * {@link FixedWindow}.
     */
    record CalendarWindow(CalendarPeriod period, ZoneId zone) implements Algorithm {

        @Override
        public @Nullable Long windowSeconds() {
            return period.nominalSeconds();
        }
    }

    /** No limit: everything passes and nothing is counted. */
    record Unlimited() implements Algorithm {

        @Override
        public @Nullable Long windowSeconds() {
            return null;
        }
    }
}
