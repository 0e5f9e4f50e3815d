// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import java.time.Duration;

/** A duration in the whole seconds of HTTP headers. */
public record Seconds(long value) {

    /** Returns {@code duration} rounded up to whole seconds: 1 for a microsecond, 0 for none. */
    public static Seconds roundedUp(Duration duration) {
        return new Seconds(duration.getNano() == 0 ? duration.getSeconds() : duration.getSeconds() + 1);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
