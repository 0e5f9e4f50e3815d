package dev.gatehouse.ratelimit;

import dev.gatehouse.testkit.redis.RedisProcess;

/** Reads the stored record of a limit. */
final class Record {

    private Record() {}

    /** {@code <tat> <part> <limit> <tolerance> <part>}. */
    static Object at(RedisProcess redis, String key) {
        var unpacking = """
                local shape, tat, part = cmsgpack.unpack(redis.call('GET', KEYS[1]))
                local _, limit, tolerance, tolerance_part = cmsgpack.unpack(shape)
                return string.format('%.0f %.0f %.0f %.0f %.0f', tat, part, limit, tolerance, tolerance_part)
                """;
        return redis.cli("EVAL", unpacking, "1", key);
    }
}
