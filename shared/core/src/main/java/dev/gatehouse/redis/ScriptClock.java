package dev.gatehouse.redis;

import dev.gatehouse.redis.RedisSettings.ClockSource;
import java.util.function.LongSupplier;

/** Whose time scripts go by: Redis's, unless it is set otherwise or Redis turns out to refuse {@code TIME} in scripts. */
final class ScriptClock {

    /** For {@code ARGV[1]}: ask Redis. */
    private static final String REDIS = "0";

    private final LongSupplier callerMicros;
    private volatile ClockSource source;

    ScriptClock(ClockSource source, LongSupplier callerMicros) {
        this.source = source;
        this.callerMicros = callerMicros;
    }

    /** The value of {@code ARGV[1]}. */
    String now() {
        return source == ClockSource.CALLER ? Long.toString(callerMicros.getAsLong()) : REDIS;
    }

    /** Whether a script's failure may be Redis's refusal to tell the time. */
    boolean isUndecided() {
        return source == ClockSource.AUTO;
    }

    void decide(ClockSource found) {
        source = found;
    }
}
