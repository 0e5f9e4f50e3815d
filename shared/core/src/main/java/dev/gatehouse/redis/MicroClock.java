// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The wall clock in microseconds, the unit of the scripts. */
public final class MicroClock {

    private MicroClock() {}

    /** Returns the microseconds since 1970. */
    public static long now() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    /** Returns the time {@code micros} after the beginning of 1970. */
    public static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Returns the microseconds from 1970 to {@code instant}. */
    public static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
