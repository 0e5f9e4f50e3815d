// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The times at which a failover may have lost writes. Thread-safe. */
public final class Losses {

    /** The replica may lack the writes of this time before the failover. */
    private static final long LAG_NANOS = 2_000_000_000L;

    private record Interval(long from, long to) {}

    private final List<Interval> intervals = new CopyOnWriteArrayList<>();
    private volatile long running = Long.MAX_VALUE;

    /** Marks the begin of a failover. */
    public void begin() {
        running = System.nanoTime() - LAG_NANOS;
    }

    /** Marks its end, after which no write to the old master is accepted. */
    public void end() {
        intervals.add(new Interval(running, System.nanoTime()));
        running = Long.MAX_VALUE;
    }

    boolean overlap(long from, long to) {
        var isRunning = running != Long.MAX_VALUE && to - running > 0;
        return isRunning || intervals.stream().anyMatch(interval -> from - interval.to < 0 && to - interval.from > 0);
    }
}
