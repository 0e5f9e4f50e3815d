package dev.gatehouse.redis;

import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import java.util.function.LongSupplier;

/** Chooses the clock of the scripts: that of Redis, unless configured otherwise or Redis rejects {@code TIME} in scripts. */
final class ScriptClock {

    /** The value of {@code ARGV[1]} for the clock of Redis. */
    private static final String REDIS = "0";

    private final LongSupplier callerMicros;
    private volatile ClockSource source;

    ScriptClock(ClockSource source, LongSupplier callerMicros) {
        this.source = source;
        this.callerMicros = callerMicros;
    }

    /** Returns the value of {@code ARGV[1]}. */
    String now() {
        return source == ClockSource.CALLER ? Long.toString(callerMicros.getAsLong()) : REDIS;
    }

    /** Returns whether a failed script may be due to a rejected {@code TIME}. */
    boolean isUndecided() {
        return source == ClockSource.AUTO;
    }

    void decide(ClockSource found) {
        source = found;
    }
}
