// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.testkit.redis.RedisProcess;

/** Reads the stored record of a limit. */
final class Record {

    private Record() {}

    /** {@code <tat> <part> <time> <limit> <window> <burst>}. */
    static Object at(RedisProcess redis, String key) {
        var unpacking = """
                local shape, tat, part, at = cmsgpack.unpack(redis.call('GET', KEYS[1]))
                local _, limit, window, burst = cmsgpack.unpack(shape)
                return string.format('%.0f %.0f %.0f %.0f %.0f %.0f', tat, part, at, limit, window, burst)
                """;
        return redis.cli("EVAL", unpacking, "1", key);
    }
}
