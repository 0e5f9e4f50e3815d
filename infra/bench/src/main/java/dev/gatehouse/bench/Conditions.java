package dev.gatehouse.bench;

import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Where and when figures were measured, as far as it matters for them.
 *
 * @param cores of the machine, on which clients and Redis run
 */
public record Conditions(LocalDate date, String jdk, String redis, int cores) {

    /** This machine today, with a Redis of version {@code redis}. */
    public static Conditions here(String redis) {
        return new Conditions(
                LocalDate.now(ZoneOffset.UTC),
                Runtime.version().toString(),
                redis,
                Runtime.getRuntime().availableProcessors());
    }
}
