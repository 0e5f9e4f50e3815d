// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import java.math.BigInteger;

/**
 * The units in use under one limit, for another limit to carry over. The same arithmetic as in {@code limits.lua}.
 *
 * @param whole whole units, at most {@link Windows#MAX_COUNT}
 * @param rest the rest of a unit, 0 to {@code parts - 1}
 * @param parts the parts in a unit
 * @param capacity the units that the limit admits at once; use beyond is a debt
 */
record UsedUnits(long whole, long rest, long parts, long capacity) {

    /** A quotient, at most {@link Windows#MAX_COUNT}, and its remainder. */
    record Quotient(long whole, long rest) {

        /** Returns {@code (a * b + d) / c}. */
        static Quotient of(long a, long b, long c, long d) {
            var dividend = BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).add(BigInteger.valueOf(d));
            var parts = dividend.divideAndRemainder(BigInteger.valueOf(c));
            return parts[0].compareTo(BigInteger.valueOf(Windows.MAX_COUNT)) >= 0
                    ? new Quotient(Windows.MAX_COUNT, 0)
                    : new Quotient(parts[0].longValue(), parts[1].longValue());
        }

        long roundedUp() {
            return rest == 0 ? whole : whole + 1;
        }
    }

    static UsedUnits of(long whole, long capacity) {
        return new UsedUnits(whole, 0, 1, capacity);
    }

    /** Returns the initial use of a limit of another capacity. Use within the old one is no debt under a lower one. */
    UsedUnits under(long other) {
        if (whole < other || (whole == other && rest == 0)) {
            return new UsedUnits(whole, rest, parts, other);
        }
        long higher = Math.max(capacity, other);
        return whole < higher ? of(other, other) : new UsedUnits(other + whole - higher, rest, parts, other);
    }

    /** Returns the units with which a window starts, rounded up. */
    long in(long limit, long most) {
        var under = under(limit);
        return Math.min(under.rest == 0 ? under.whole : under.whole + 1, most);
    }
}
