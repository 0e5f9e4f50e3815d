// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.security.SecureRandom;

/**
 * Random numbers that differ between processes. They come from the operating system. A generator seeded before a snapshot
 * would return the same numbers in all processes restored from it.
 */
public final class Jitter {

    private static final SecureRandom SYSTEM = new SecureRandom();

    private Jitter() {}

    public static long any() {
        return SYSTEM.nextLong();
    }

    /** Returns a number from {@code least} to {@code bound} - 1. */
    public static long between(long least, long bound) {
        return SYSTEM.nextLong(least, bound);
    }
}
