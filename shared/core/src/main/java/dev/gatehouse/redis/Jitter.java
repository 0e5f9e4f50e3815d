package dev.gatehouse.redis;

import java.security.SecureRandom;

/**
 * Random numbers that differ between processes. They come from the operating system: a generator that is seeded before a
 * snapshot returns the same numbers in all processes that start from it.
 */
public final class Jitter {

    private static final SecureRandom SYSTEM = new SecureRandom();

    private Jitter() {}

    /** Returns any number. */
    public static long any() {
        return SYSTEM.nextLong();
    }

    /** Returns a number from {@code least} to {@code bound} - 1. */
    public static long between(long least, long bound) {
        return SYSTEM.nextLong(least, bound);
    }
}
