package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.Algorithm.FixedWindow;
import dev.gatehouse.ratelimit.Algorithm.Gcra;
import dev.gatehouse.ratelimit.Algorithm.SlidingWindow;
import dev.gatehouse.ratelimit.Algorithm.Unlimited;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * How many units may pass, in which time, and what follows.
 *
 * <p>A limit may be changed while it is in use. The new one counts from its first check on that is not only a look.
 *
 * <ul>
 *   <li>GCRA carries over the share that is used, rounded up to a microsecond: half used stays half used.
 *   <li>Windows keep the units that were used, so that they never admit more than the new limit. What fitted the old limit
 *       is no debt under a lower one, only used up; a debt stays as large as it was.
 *   <li>Windows of another length or calendar take over the units, all in the window of now; what a sliding window has of
 *       its former bucket as much as it weighs.
 *   <li>Between GCRA and windows the share is carried over, rounded up.
 * </ul>
 *
 * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}; part of the Redis key, so not personal data
 * @param limit units in a window, 0 to {@link #MAX_UNITS}; 0 denies everything but a cost of 0
 * @param shadow whether it only tells what it would deny
 * @param whenDown what to do while Redis does not answer; null leaves it to the limiter
 */
public record Limit(
        String name,
        long limit,
        Algorithm algorithm,
        boolean shadow,
        @Nullable FallbackPolicy whenDown) {

    /** The most units in a limit, burst or cost. */
    public static final long MAX_UNITS = 1_000_000_000;

    /** Ten years of 365 days. */
    public static final long MAX_WINDOW_SECONDS = 315_360_000;

    private static final int LONGEST_NAME = 64;

    public Limit {
        if (!isName(name)) {
            throw new InvalidLimit("name", "must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
        within("limit", limit, 0, MAX_UNITS);
        switch (algorithm) {
            case Gcra(var windowSeconds, var burst) -> {
                window(windowSeconds);
                burst(limit, windowSeconds, burst);
            }
            case SlidingWindow(var windowSeconds) -> window(windowSeconds);
            case FixedWindow(var windowSeconds) -> window(windowSeconds);
            case CalendarWindow _, Unlimited _ -> {}
        }
    }

    /** By GCRA: {@code limit} units in every {@code windowSeconds}, of which {@code burst} may come at once. */
    public Limit(String name, long limit, long windowSeconds, long burst) {
        this(name, limit, new Gcra(windowSeconds, burst), false, null);
    }

    /** By GCRA: {@code limit} units in every {@code windowSeconds}, all of which may come at once. */
    public static Limit of(String name, long limit, long windowSeconds) {
        return new Limit(name, limit, windowSeconds, limit);
    }

    /** By a sliding window: {@code limit} units in the last {@code windowSeconds}. */
    public static Limit sliding(String name, long limit, long windowSeconds) {
        return new Limit(name, limit, new SlidingWindow(windowSeconds), false, null);
    }

    /** By fixed windows: {@code limit} units in each {@code windowSeconds}, counted from 1970. */
    public static Limit fixed(String name, long limit, long windowSeconds) {
        return new Limit(name, limit, new FixedWindow(windowSeconds), false, null);
    }

    /** A quota: {@code limit} units in each period of the calendar in {@code zone}. */
    public static Limit calendar(String name, long limit, CalendarPeriod period, ZoneId zone) {
        return new Limit(name, limit, new CalendarWindow(period, zone), false, null);
    }

    /** Admits everything and counts nothing. */
    public static Limit unlimited(String name) {
        return new Limit(name, MAX_UNITS, new Unlimited(), false, null);
    }

    /** The same limit, which only tells what it would deny. */
    public Limit inShadow() {
        return new Limit(name, limit, algorithm, true, whenDown);
    }

    /** The same limit, with its own policy for the time when Redis does not answer. */
    public Limit whenDown(FallbackPolicy policy) {
        return new Limit(name, limit, algorithm, shadow, policy);
    }

    /** The most units that it could ever admit at once. */
    public long capacity() {
        return algorithm instanceof Gcra gcra && limit > 0 ? gcra.burst() : limit;
    }

    public boolean isUnlimited() {
        return algorithm instanceof Unlimited;
    }

    /** Whether it can keep anybody from passing: it is neither unlimited nor in shadow. */
    public boolean canDeny() {
        return !isUnlimited() && !shadow;
    }

    /** Whether it has to be counted; otherwise it always decides the same. */
    boolean isCounted() {
        return limit > 0 && !isUnlimited();
    }

    public static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isOfNames(name.charAt(i))) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= LONGEST_NAME;
    }

    private static boolean isOfNames(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /**
     * As records have it. The one that the compiler makes goes through method handles, which a JVM with its first compiler
     * alone does not see through, and limits are looked up on the way of every check.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Limit that
                && limit == that.limit
                && shadow == that.shadow
                && whenDown == that.whenDown
                && name.equals(that.name)
                && algorithm.equals(that.algorithm);
    }

    /** By what mostly tells limits apart. */
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
            throw new InvalidLimit("burst", "takes over " + MAX_WINDOW_SECONDS + " seconds to earn back at this rate");
        }
    }

    private static void within(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new InvalidLimit(field, "must be " + min + " to " + max);
        }
    }
}
