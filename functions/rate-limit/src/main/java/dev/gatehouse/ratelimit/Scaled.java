package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.Meter.Share;
import java.math.BigInteger;

/** Converts the used share of one limit to another. */
final class Scaled {

    private Scaled() {}

    /**
     * Returns {@code used * of / capacity}, at most {@code most}. Rounds up, so that a change of limit never admits
     * more.
     */
    static long up(long used, long of, long capacity, long most) {
        var product = BigInteger.valueOf(used).multiply(BigInteger.valueOf(of));
        var divided = product.divideAndRemainder(BigInteger.valueOf(capacity));
        var up = divided[1].signum() == 0 ? divided[0] : divided[0].add(BigInteger.ONE);
        return up.min(BigInteger.valueOf(most)).longValueExact();
    }

    /**
     * Returns the units with which a limit of {@code limit} units starts. Units are kept, and a share of time is
     * converted. Use that fitted the old limit is no debt under a lower one.
     */
    static long units(Share was, long limit, long most) {
        if (was.inUnits()) {
            return units(was.used(), was.capacity(), limit, most);
        }
        long scaled = up(was.used(), limit, was.capacity(), most);
        return was.within() ? Math.min(scaled, limit) : scaled;
    }

    static long units(long used, long oldLimit, long limit, long most) {
        return used <= limit ? used : Math.min(limit + Math.max(0, used - Math.max(oldLimit, limit)), most);
    }
}
