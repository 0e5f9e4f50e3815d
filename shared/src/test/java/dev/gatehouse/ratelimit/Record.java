package dev.gatehouse.ratelimit;

import dev.gatehouse.fixtures.RedisProcess;

/** What Redis holds for a limit, in words. */
final class Record {

    private Record() {}

    /** {@code <tat> <part> <limit> <tolerance> <part>}. */
    static Object at(RedisProcess redis, String key) {
        var unpacking = """
                local tat, part, shape = cmsgpack.unpack(redis.call('GET', KEYS[1]))
                return string.format('%.0f %.0f %s', tat, part, shape)
                """;
        return redis.cli("EVAL", unpacking, "1", key);
    }
}
