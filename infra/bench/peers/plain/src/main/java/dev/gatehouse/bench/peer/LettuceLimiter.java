// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.peer;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;

/** Checks a GCRA limit with one EVALSHA on Lettuce, and loads the script if Redis does not have it. */
final class LettuceLimiter {

    private final RedisCommands<String, String> redis =
            RedisClient.create(System.getenv("REDIS_URL")).connect().sync();
    private final String script = RateLimitCheck.script();
    private final String digest = redis.digest(script);

    boolean isAdmitted(String subject) {
        var keys = new String[] {"lettuce:{" + subject + "}"};
        var arguments = new String[] {RateLimitCheck.EMISSION_INTERVAL_MICROS, RateLimitCheck.TOLERANCE_MICROS};
        try {
            return redis.<Long>evalsha(digest, ScriptOutputType.INTEGER, keys, arguments) == 1;
        } catch (RedisNoScriptException e) {
            return redis.<Long>eval(script, ScriptOutputType.INTEGER, keys, arguments) == 1;
        }
    }
}
