package dev.gatehouse.web;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** A moment as bodies tell it: ISO 8601 in UTC, to the millisecond that it lies in. */
public record Timestamp(Instant instant) {

    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @Override
    public String toString() {
        return MILLIS.format(instant);
    }
}
