// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import java.util.function.LongPredicate;

/** Finds the moment in microseconds from which a condition holds. */
final class FirstMoment {

    private FirstMoment() {}

    static long from(long now, LongPredicate isTrue) {
        if (isTrue.test(now)) {
            return now;
        }
        long step = 1;
        while (!isTrue.test(now + step)) {
            step *= 2;
        }
        long before = now + step / 2;
        long after = now + step;
        while (after - before > 1) {
            long middle = before + (after - before) / 2;
            if (isTrue.test(middle)) {
                after = middle;
            } else {
                before = middle;
            }
        }
        return after;
    }
}
