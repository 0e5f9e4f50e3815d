package dev.gatehouse.redis;

import java.time.Instant;

/** This process's wall clock in the scripts' unit. */
public final class MicroClock {

    private MicroClock() {}

    /** Microseconds since 1970. */
    public static long now() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }
}
