// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** An instant in a response: ISO 8601 in UTC, truncated to milliseconds. */
public record Timestamp(Instant instant) {

    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @Override
    public String toString() {
        return MILLIS.format(instant);
    }
}
