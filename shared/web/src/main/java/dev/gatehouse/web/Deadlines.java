package dev.gatehouse.web;

import dev.gatehouse.redis.Deadline;
import java.time.Duration;

/** By when a decision must be made. */
@FunctionalInterface
public interface Deadlines {

    /** The deadline of a decision that is asked for now, on the thread of its request. */
    default Deadline next() {
        return afterWaiting(Duration.ZERO);
    }

    /** As {@link #next}, for a decision that may wait {@code wait} for something else than Redis before it is made. */
    Deadline afterWaiting(Duration wait);
}
