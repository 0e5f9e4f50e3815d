package dev.gatehouse.redis;

import java.security.SecureRandom;

/**
 * What is to differ from process to process. It comes from the system, for a generator that was seeded before a snapshot
 * tells the same in all processes that are started from it, which then knock at Redis together, or take each other's keys
 * for their own.
 */
public final class Chance {

    private static final SecureRandom SYSTEM = new SecureRandom();

    private Chance() {}

    /** Any number. */
    public static long any() {
        return SYSTEM.nextLong();
    }

    /** A number from {@code least} to {@code bound} - 1. */
    public static long between(long least, long bound) {
        return SYSTEM.nextLong(least, bound);
    }
}
