// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts the recent slow commands: since a check five to ten minutes ago, or since the first one. */
final class SlowLogWatch {

    private static final long WINDOW_NANOS = Duration.ofMinutes(5).toNanos();

    private record Sample(long nanos, long total) {}

    private final LongSupplier nanoTime;
    private @Nullable Sample base;
    private @Nullable Sample latest;

    SlowLogWatch(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the number of recent slow commands.
     *
     * @param total the number of slow commands since Redis started
     */
    synchronized long recentCount(long total) {
        var now = new Sample(nanoTime.getAsLong(), total);
        var from = base;
        var last = latest;
        if (from == null || last == null || total < last.total) {
            // The first check, or Redis was restarted and counts from 0.
            base = now;
            latest = now;
            return 0;
        }
        if (now.nanos - last.nanos >= WINDOW_NANOS) {
            from = last;
            base = last;
            latest = now;
        }
        return total - from.total;
    }
}
