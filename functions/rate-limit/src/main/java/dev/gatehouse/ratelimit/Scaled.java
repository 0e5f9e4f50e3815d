package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.Meter.Share;
import java.math.BigInteger;

/** What one limit's used share is of another limit. */
final class Scaled {

    private Scaled() {}

    /** {@code used * of / capacity}, rounded up for a change of limit must not admit more; at most {@code most}. */
    static long up(long used, long of, long capacity, long most) {
        var product = BigInteger.valueOf(used).multiply(BigInteger.valueOf(of));
        var divided = product.divideAndRemainder(BigInteger.valueOf(capacity));
        var up = divided[1].signum() == 0 ? divided[0] : divided[0].add(BigInteger.ONE);
        return up.min(BigInteger.valueOf(most)).longValueExact();
    }

    /**
     * What a limit of {@code limit} units starts with: the units that were used, or as many as the used share of another
     * measure. What fitted the old limit is no debt under a lower one.
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
