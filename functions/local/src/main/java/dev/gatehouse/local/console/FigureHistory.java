// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import dev.gatehouse.local.console.FiguresResponse.Sample;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Holds the latest samples in the order of their times. Thread-safe. */
final class FigureHistory {

    private final long retentionMillis;
    private final int capacity;
    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Holds samples for {@code retention}, and as many as are due in it. */
    FigureHistory(Duration retention, Duration interval) {
        retentionMillis = retention.toMillis();
        capacity = Math.toIntExact(retention.dividedBy(interval));
    }

    /** Adds a sample. If the clock has stepped back, removes those of a later time, which would hide the following ones. */
    synchronized void add(Sample sample) {
        while (!samples.isEmpty() && samples.getLast().at() >= sample.at()) {
            samples.removeLast();
        }
        samples.addLast(sample);
        while (samples.size() > capacity || samples.getFirst().at() <= sample.at() - retentionMillis) {
            samples.removeFirst();
        }
    }

    /** Returns the samples after a time in milliseconds since 1970. */
    synchronized List<Sample> after(long millis) {
        return samples.stream().filter(sample -> sample.at() > millis).toList();
    }
}
