package dev.gatehouse.ratelimit;

import java.util.regex.Pattern;

/**
 * A rate: {@code limit} units in every {@code windowSeconds}, of which {@code burst} may come at once. Decided by the
 * generic cell rate algorithm (GCRA).
 *
 * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}; part of the Redis key, so not personal data
 * @param limit units in a window, 1 to {@link #MAX_UNITS}
 * @param windowSeconds 1 to {@link #MAX_WINDOW_SECONDS}
 * @param burst units that may come at once, 1 to {@link #MAX_UNITS}, and earned back within {@link #MAX_WINDOW_SECONDS}
 */
public record Limit(String name, long limit, long windowSeconds, long burst) {

    /** The most units in a limit, burst or cost. */
    public static final long MAX_UNITS = 1_000_000_000;

    /** Ten years of 365 days. */
    public static final long MAX_WINDOW_SECONDS = 315_360_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public Limit {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidLimit("name", "must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
        }
        within("limit", limit, MAX_UNITS);
        within("windowSeconds", windowSeconds, MAX_WINDOW_SECONDS);
        within("burst", burst, MAX_UNITS);
        // burst * windowSeconds < 2^59, so the product is exact.
        if (burst * windowSeconds / limit > MAX_WINDOW_SECONDS) {
            throw new InvalidLimit("burst", "takes over " + MAX_WINDOW_SECONDS + " seconds to earn back at this rate");
        }
    }

    /** {@code limit} units in every {@code windowSeconds}, all of which may come at once. */
    public static Limit of(String name, long limit, long windowSeconds) {
        return new Limit(name, limit, windowSeconds, limit);
    }

    private static void within(String field, long value, long max) {
        if (value < 1 || value > max) {
            throw new InvalidLimit(field, "must be 1 to " + max);
        }
    }
}
