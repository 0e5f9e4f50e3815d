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
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * The number of units that may pass in a period of time, and the algorithm that counts them.
 *
 * <p>A limit may change while it is in use. The new limit takes effect with its first check that is not a read of cost
 * 0.
 *
 * <ul>
 *   <li>GCRA carries over the used share, rounded up to a microsecond: half used stays half used.
 *   <li>Windows keep the used units, so that they never admit more than the new limit. Use that fitted the old limit is
 *       no debt under a lower one. An existing debt keeps its size.
 *   <li>Windows of another length or calendar take over the units, all in the current window. A sliding window adds the
 *       weighted units of its previous bucket.
 *   <li>Between GCRA and windows the used share carries over, rounded up.
 * </ul>
 *
 * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}; part of the Redis key, so not personal data
 * @param limit units in a window, 0 to {@link #MAX_UNITS}; 0 denies everything but a cost of 0
 * @param shadow whether the limit only reports what it would deny
 * @param whenDown the policy while Redis is unavailable; null uses the limiter's default
 */
public record Limit(
        String name,
        long limit,
        Algorithm algorithm,
        boolean shadow,
        @Nullable FallbackPolicy whenDown) {

    /** The maximum units of a limit, burst or cost. */
    public static final long MAX_UNITS = 1_000_000_000;

    /** The maximum window: ten years of 365 days. */
    public static final long MAX_WINDOW_SECONDS = Algorithm.MAX_WINDOW_SECONDS;

    private static final int LONGEST_NAME = 64;

    public Limit {
        requireName(name);
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

    /** Returns a limit that admits everything and counts nothing. */
    public static Limit unlimited(String name) {
        return new Limit(name, MAX_UNITS, new Unlimited(), false, null);
    }

    /** Returns this limit in shadow: it only reports what it would deny. */
    public Limit inShadow() {
        return new Limit(name, limit, algorithm, true, whenDown);
    }

    /** Returns this limit with its own policy for the time when Redis is unavailable. */
    public Limit whenDown(FallbackPolicy policy) {
        return new Limit(name, limit, algorithm, shadow, policy);
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
            throw new InvalidLimit("name", "must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
        return name;
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
     * Compares all components, like a record. The generated method uses method handles, which the JVM's first compiler
     * does not inline. Each check looks up its limits, so this is a hot path.
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
            throw new InvalidLimit("burst", "takes over " + MAX_WINDOW_SECONDS + " seconds to earn back at this rate");
        }
    }

    private static void within(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new InvalidLimit(field, "must be " + min + " to " + max);
        }
    }
}
