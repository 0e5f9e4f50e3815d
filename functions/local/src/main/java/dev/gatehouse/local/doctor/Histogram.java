package dev.gatehouse.local.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A histogram of latencies as text. Each row covers twice the range of the one before. */
final class Histogram {

    private static final int WIDTH = 40;
    private static final int MOST_ROWS = 8;

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

    /** Returns one row for each range from the first to the last that has any. */
    List<String> rows() {
        var rows = new ArrayList<String>();
        int counted = 0;
        for (var bound = firstBound(); counted < sortedNanos.length; bound *= 2) {
            var last = rows.size() == MOST_ROWS - 1;
            int upTo = last ? sortedNanos.length : countUpTo(bound);
            rows.add(row(last ? slowest().toNanos() : bound, upTo - counted));
            counted = upTo;
        }
        return rows;
    }

    /** Returns the smallest bound that the fastest does not exceed. */
    private long firstBound() {
        var bound = 25_000L;
        while (bound < sortedNanos[0]) {
            bound *= 2;
        }
        return bound;
    }

    private int countUpTo(long bound) {
        int count = 0;
        while (count < sortedNanos.length && sortedNanos[count] <= bound) {
            count++;
        }
        return count;
    }

    private String row(long boundNanos, int count) {
        var bar = (int) Math.ceil((double) count * WIDTH / sortedNanos.length);
        return String.format(
                Locale.ROOT, "up to %8.3f ms  %-" + WIDTH + "s %d", boundNanos / 1e6, "#".repeat(bar), count);
    }
}
