// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.time.Duration;

/**
 * A point in time after which a reply is useless. Nothing waits past it: no connection, queue, lock or retry.
 *
 * @param nanoTime on the scale of {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

    /** Returns the deadline after {@code budget} from now; a budget of zero or less is spent. */
    public static Deadline in(Duration budget) {
        return new Deadline(System.nanoTime() + budget.toNanos());
    }

    /** Returns the nanoseconds left; zero or negative once the deadline has passed. */
    public long remainingNanos() {
        return nanoTime - System.nanoTime();
    }

    public boolean isSpent() {
        return remainingNanos() <= 0;
    }

    /** Returns the earlier of this deadline and the one after {@code budget} from now. */
    public Deadline atMost(Duration budget) {
        var other = in(budget);
        return other.nanoTime - nanoTime < 0 ? other : this;
    }
}
