package dev.gatehouse.redis;

import java.time.Duration;

/**
 * A point in time after which an answer is of no use. Nothing waits past it: not a connection, a queue, a lock or a retry.
 *
 * @param nanoTime on the scale of {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

    /** The deadline that lies {@code budget} ahead; a budget of zero or less is spent already. */
    public static Deadline in(Duration budget) {
        return new Deadline(System.nanoTime() + budget.toNanos());
    }

    /** Nanoseconds left; zero or negative once the deadline is spent. */
    public long remainingNanos() {
        return nanoTime - System.nanoTime();
    }

    public boolean isSpent() {
        return remainingNanos() <= 0;
    }

    /** This deadline or the one that lies {@code budget} ahead, whichever comes first. */
    public Deadline atMost(Duration budget) {
        var other = in(budget);
        return other.nanoTime - nanoTime < 0 ? other : this;
    }
}
