package dev.gatehouse.ratelimit.algorithm;

import java.math.BigInteger;

/**
 * The used share of a limit, for another limit to carry over. Conversions round up, so that a change of limit never
 * admits more.
 *
 * @param used the amount in use, rounded up
 * @param capacity the amount that {@code used} is a share of; at least 1
 * @param within whether the exact use is at most the capacity
 * @param inUnits whether both amounts are units; otherwise they are microseconds
 */
record Share(long used, long capacity, boolean within, boolean inUnits) {

    /** Returns this share of {@code whole}, at most {@code most}. */
    long of(long whole, long most) {
        var product = BigInteger.valueOf(used).multiply(BigInteger.valueOf(whole));
        var divided = product.divideAndRemainder(BigInteger.valueOf(capacity));
        var up = divided[1].signum() == 0 ? divided[0] : divided[0].add(BigInteger.ONE);
        return up.min(BigInteger.valueOf(most)).longValueExact();
    }

    /**
     * Returns the units with which a limit of {@code limit} units starts. Units are kept, and a share of time is
     * converted. Use that fitted the old limit is no debt under a lower one.
     */
    long units(long limit, long most) {
        if (inUnits) {
            return keptUnits(used, capacity, limit, most);
        }
        long units = of(limit, most);
        return within ? Math.min(units, limit) : units;
    }

    static long keptUnits(long used, long oldLimit, long limit, long most) {
        return used <= limit ? used : Math.min(limit + Math.max(0, used - Math.max(oldLimit, limit)), most);
    }
}
