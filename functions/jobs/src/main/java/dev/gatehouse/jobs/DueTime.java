// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Instant;

/** The time before which a job must not run. */
public sealed interface DueTime {

    /** The longest delay: 30 days. */
    long MAX_DELAY_MILLIS = 30L * 86_400_000;

    /** At once. */
    DueTime NOW = new After(0);

    /**
     * After a delay, by the clock of Redis.
     *
     * @param millis 0 to {@link #MAX_DELAY_MILLIS}
     */
    record After(long millis) implements DueTime {

        public After {
            InvalidArgument.requireRange("delayMillis", millis, 0, MAX_DELAY_MILLIS);
        }
    }

    /**
     * At a time. One in the past means at once.
     *
     * @param time 1970 to 2199, and at most {@link #MAX_DELAY_MILLIS} ahead of the clock of Redis
     */
    record At(Instant time) implements DueTime {

        private static final Instant LAST = Instant.parse("2200-01-01T00:00:00Z");

        public At {
            if (time.isBefore(Instant.EPOCH) || !time.isBefore(LAST)) {
                throw new InvalidArgument("runAt", "must be in the years 1970 to 2199");
            }
        }

        long micros() {
            return MicroClock.micros(time);
        }
    }
}
