package dev.gatehouse.redis.health;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Knows how many slow commands there were lately: since one look of five to ten minutes ago, or since the first. */
final class SlowLogWatch {

    private static final long WINDOW_NANOS = Duration.ofMinutes(5).toNanos();

    private record Look(long nanos, long total) {}

    private final LongSupplier nanoTime;
    private @Nullable Look base;
    private @Nullable Look latest;

    SlowLogWatch(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * How many slow commands came lately.
     *
     * @param total how many there were since Redis started, as it says now
     */
    synchronized long grownTo(long total) {
        var now = new Look(nanoTime.getAsLong(), total);
        var from = base;
        var last = latest;
        if (from == null || last == null || total < last.total) {
            // The first look, or another start of Redis, which counts from 0.
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
