package dev.gatehouse.redis;

import java.time.Instant;

/** The wall clock in microseconds, the unit of the scripts. */
public final class MicroClock {

    private MicroClock() {}

    /** Returns the microseconds since 1970. */
    public static long now() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }
}
