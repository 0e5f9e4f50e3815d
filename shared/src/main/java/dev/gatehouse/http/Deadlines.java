package dev.gatehouse.http;

import dev.gatehouse.redis.Deadline;

/** By when a decision must be made. */
@FunctionalInterface
public interface Deadlines {

    /** The deadline of a decision that is asked for now, on the thread of its request. */
    Deadline next();
}
