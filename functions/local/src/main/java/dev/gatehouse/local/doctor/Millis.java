// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import java.time.Duration;
import java.util.Locale;

/** A duration in the doctor's output, in milliseconds. */
record Millis(double value) {

    static Millis of(Duration duration) {
        return new Millis(duration.toNanos() / 1e6);
    }

    static Millis since(long nanoTime) {
        return new Millis((System.nanoTime() - nanoTime) / 1e6);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, value < 10 ? "%.2f ms" : "%.0f ms", value);
    }
}
