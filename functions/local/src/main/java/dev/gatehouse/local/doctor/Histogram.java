// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A histogram of latencies as text. Each row covers twice the range of the one before. */
final class Histogram {

    private static final int WIDTH = 40;
    private static final int MAX_ROWS = 8;
    private static final long FIRST_BOUND_NANOS = 25_000;

    private final long[] sortedNanos;

    private Histogram(long[] sortedNanos) {
        this.sortedNanos = sortedNanos;
    }

    /** @param latencies at least one */
    static Histogram of(List<Duration> latencies) {
        var nanos = latencies.stream().mapToLong(Duration::toNanos).toArray();
        Arrays.sort(nanos);
        return new Histogram(nanos);
    }

    int count() {
        return sortedNanos.length;
    }

    /** Returns the latency that {@code share} of all do not exceed. */
    Duration quantile(double share) {
        int index = (int) Math.ceil(share * sortedNanos.length) - 1;
        return Duration.ofNanos(sortedNanos[Math.clamp(index, 0, sortedNanos.length - 1)]);
    }

    Duration slowest() {
        return Duration.ofNanos(sortedNanos[sortedNanos.length - 1]);
    }

    /** Returns one row for each range from the first to the last that has any. The last one holds all that is beyond. */
    List<String> rows() {
        var rows = new ArrayList<String>();
        var bound = FIRST_BOUND_NANOS;
        while (bound < sortedNanos[0]) {
            bound *= 2;
        }
        for (int counted = 0; counted < sortedNanos.length; bound *= 2) {
            if (rows.size() == MAX_ROWS - 1) {
                bound = slowest().toNanos();
            }
            int from = counted;
            while (counted < sortedNanos.length && sortedNanos[counted] <= bound) {
                counted++;
            }
            rows.add(row(bound, counted - from));
        }
        return rows;
    }

    private String row(long boundNanos, int count) {
        var bar = (int) Math.ceil((double) count * WIDTH / sortedNanos.length);
        return String.format(
                Locale.ROOT, "up to %8.3f ms  %-" + WIDTH + "s %d", boundNanos / 1e6, "#".repeat(bar), count);
    }
}
