// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.algorithm.Algorithm;
import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.FixedWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.Gcra;
import dev.gatehouse.ratelimit.algorithm.Algorithm.SlidingWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.Unlimited;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.ratelimit.algorithm.RateAlgorithm;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The number of units that may pass in a period of time, and the algorithm that counts them.
 *
 * <p>A limit may change while it is in use. The new limit takes effect with its first check that is not a read of cost
 * 0.
 *
 * <ul>
 *   <li>The used units stay used, whatever changes: limit, burst, window, algorithm or an override. After 5 of 5 units, a
 *       limit of 100 has 95 left.
 *   <li>Use that fitted the old limit is no debt under a lower one. An existing debt keeps its size.
 *   <li>GCRA frees the units at the new rate. Windows of another length or calendar, or in place of GCRA, count all
 *       units in the current window. Units are rounded up to whole ones; a sliding window adds the weighted units of its
 *       previous bucket.
 * </ul>
 *
 * <p>A lock-out lasts until its end. Later denials do not extend it, a longer {@code blockSeconds} neither; a shorter one
 * shortens it to no more than that from the next denial on. A limit of the same name without one ignores it.
 *
 * <p>The clock may step back, for example when Redis fails over to another host. No use is lost by that, and no debt. A
 * limit then waits at most one window longer than it could have waited after its last charge. If clocks of several callers
 * differ by more than a window, though, each step forward to the faster one frees use.
 *
 * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}; part of the Redis key, so not personal data
 * @param limit units in a window, 0 to {@link #MAX_UNITS}; 0 denies everything but a cost of 0
 * @param shadow whether the limit only reports what it would deny
 * @param whenDown the policy while Redis is unavailable; null uses the limiter's default
 * @param blockSeconds the time for which the first denial locks the subject out, 0 to {@link #MAX_BLOCK_SECONDS}; 0 for none
 */
public record Limit(
        String name,
        long limit,
        Algorithm algorithm,
        boolean shadow,
        @Nullable FallbackPolicy whenDown,
        long blockSeconds) {

    /** The maximum units of a limit, burst or cost. */
    public static final long MAX_UNITS = 1_000_000_000;

    /** The maximum window: ten years of 365 days. */
    public static final long MAX_WINDOW_SECONDS = Algorithm.MAX_WINDOW_SECONDS;

    /** The maximum lock-out: a year of 365 days. */
    public static final long MAX_BLOCK_SECONDS = 31_536_000;

    /** The regular expression of a valid name. */
    public static final String NAME_PATTERN = "^[A-Za-z0-9._-]{1,64}$";

    /** The rule of a valid name in words. */
    public static final String NAME_RULE = "must be 1 to 64 characters of A-Z a-z 0-9 . _ -";

    private static final Pattern NAME = Pattern.compile(NAME_PATTERN);

    public Limit {
        requireName(name);
        within("limit", limit, 0, MAX_UNITS);
        within("blockSeconds", blockSeconds, 0, MAX_BLOCK_SECONDS);
        switch (algorithm) {
            case Gcra(var windowSeconds, var burst) -> {
                window(windowSeconds);
                burst(limit, windowSeconds, burst);
            }
            case SlidingWindow(var windowSeconds) -> window(windowSeconds);
            case FixedWindow(var windowSeconds) -> window(windowSeconds);
            case CalendarWindow(var period, var _, var startsOn) -> startsOn(period, startsOn);
            case Unlimited _ -> {}
        }
    }

    /** Creates a limit that locks nobody out. */
    public Limit(String name, long limit, Algorithm algorithm, boolean shadow, @Nullable FallbackPolicy whenDown) {
        this(name, limit, algorithm, shadow, whenDown, 0);
    }

    /**
     * Creates a GCRA limit: {@code limit} units in every {@code windowSeconds}, of which {@code burst} may pass at
     * once.
     */
    public Limit(String name, long limit, long windowSeconds, long burst) {
        this(name, limit, new Gcra(windowSeconds, burst), false, null);
    }

    /** Returns a GCRA limit: {@code limit} units in every {@code windowSeconds}, all of which may pass at once. */
    public static Limit of(String name, long limit, long windowSeconds) {
        return new Limit(name, limit, windowSeconds, limit);
    }

    /** Returns a sliding-window limit: {@code limit} units in the last {@code windowSeconds}. */
    public static Limit sliding(String name, long limit, long windowSeconds) {
        return new Limit(name, limit, new SlidingWindow(windowSeconds), false, null);
    }

    /** Returns a fixed-window limit: {@code limit} units in each {@code windowSeconds}, counted from 1970. */
    public static Limit fixed(String name, long limit, long windowSeconds) {
        return new Limit(name, limit, new FixedWindow(windowSeconds), false, null);
    }

    /** Returns a quota: {@code limit} units in each period of the calendar in {@code zone}. */
    public static Limit calendar(String name, long limit, CalendarPeriod period, ZoneId zone) {
        return new Limit(name, limit, new CalendarWindow(period, zone), false, null);
    }

    /**
     * Returns a quota: {@code limit} units in each period of the calendar in {@code zone}, one of which begins on
     * {@code startsOn}, such as a billing date.
     *
     * @param period a week, a month or a year; a month from the 31st begins on the last day of shorter months
     */
    public static Limit calendar(String name, long limit, CalendarPeriod period, ZoneId zone, LocalDate startsOn) {
        return new Limit(name, limit, new CalendarWindow(period, zone, startsOn), false, null);
    }

    /** Returns a limit that admits everything and counts nothing. */
    public static Limit unlimited(String name) {
        return new Limit(name, MAX_UNITS, new Unlimited(), false, null);
    }

    /** Returns this limit in shadow: it only reports what it would deny. */
    public Limit inShadow() {
        return new Limit(name, limit, algorithm, true, whenDown, blockSeconds);
    }

    /** Returns this limit under another name, by which its units count. */
    public Limit withName(String other) {
        return new Limit(other, limit, algorithm, shadow, whenDown, blockSeconds);
    }

    /** Returns this limit with its own policy for the time when Redis is unavailable. */
    public Limit whenDown(FallbackPolicy policy) {
        return new Limit(name, limit, algorithm, shadow, policy, blockSeconds);
    }

    /** Returns this limit with a lock-out: its first denial locks the subject out for so long. */
    public Limit blocking(long seconds) {
        return new Limit(name, limit, algorithm, shadow, whenDown, seconds);
    }

    /** Returns the maximum units that the limit admits at once. */
    public long capacity() {
        return algorithm instanceof Gcra gcra && limit > 0 ? gcra.burst() : limit;
    }

    public boolean isUnlimited() {
        return algorithm instanceof Unlimited;
    }

    /** Returns whether the limit can deny a request: it is neither unlimited nor in shadow. */
    public boolean canDeny() {
        return !isUnlimited() && !shadow;
    }

    /** Returns whether the limit needs counting; otherwise its decision is constant. */
    boolean isCounted() {
        return limit > 0 && !isUnlimited();
    }

    /** Returns whether a charge may wait for its units: the limit is of GCRA, or needs no counting. */
    boolean canWait() {
        return algorithm instanceof Gcra || !isCounted();
    }

    /** Returns the algorithm that counts the limit. */
    RateAlgorithm counter() {
        return RateAlgorithm.of(limit, algorithm);
    }

    /**
     * Returns {@code name}.
     *
     * @throws InvalidLimit if it is no valid name of a limit
     */
    public static String requireName(String name) {
        if (!isName(name)) {
            throw new InvalidLimit("name", NAME_RULE);
        }
        return name;
    }

    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Compares all components, like a record. The generated method uses method handles, which the JVM's first compiler
     * does not inline. Each check looks up its limits, so this is a hot path.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Limit that
                && limit == that.limit
                && blockSeconds == that.blockSeconds
                && shadow == that.shadow
                && whenDown == that.whenDown
                && name.equals(that.name)
                && algorithm.equals(that.algorithm);
    }

    /** Hashes the components that usually differ. */
    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Long.hashCode(limit);
    }

    private static void window(long windowSeconds) {
        within("windowSeconds", windowSeconds, 1, MAX_WINDOW_SECONDS);
    }

    private static void burst(long limit, long windowSeconds, long burst) {
        within("burst", burst, limit == 0 ? 0 : 1, MAX_UNITS);
        // burst * windowSeconds < 2^59, so the product is exact.
        if (limit > 0 && burst * windowSeconds / limit > MAX_WINDOW_SECONDS) {
            throw new InvalidLimit("burst", "must be freed within " + MAX_WINDOW_SECONDS + " seconds at this rate");
        }
    }

    private static void startsOn(CalendarPeriod period, @Nullable LocalDate startsOn) {
        if (startsOn == null) {
            return;
        }
        if (!period.canStartOnAnyDay()) {
            throw new InvalidLimit("startsOn", "requires period week, month or year");
        }
        if (startsOn.getYear() < 0 || startsOn.getYear() > 9999) {
            throw new InvalidLimit("startsOn", "must be a date of the years 0000 to 9999");
        }
    }

    private static void within(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new InvalidLimit(field, "must be " + min + " to " + max);
        }
    }
}
