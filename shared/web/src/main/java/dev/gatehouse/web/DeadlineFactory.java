// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.redis.Deadline;
import java.time.Duration;

/** Sets the deadline of each decision. */
@FunctionalInterface
public interface DeadlineFactory {

    /** Returns the deadline of a decision that starts now. Must be called on the thread of its request. */
    default Deadline next() {
        return afterWaiting(Duration.ZERO);
    }

    /** Returns the deadline of a decision that may first wait {@code wait} for something other than Redis. */
    Deadline afterWaiting(Duration wait);
}
