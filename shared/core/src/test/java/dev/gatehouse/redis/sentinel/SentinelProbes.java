// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.config.RedisSettings;
import java.util.HashMap;
import java.util.Map;

/** Creates links that find Redis by Sentinels. */
final class SentinelProbes {

    private SentinelProbes() {}

    /** Returns a link with longer timeouts than even a busy machine needs. */
    static LinkProbe patient(Map<String, String> environment, String... namesAndValues) {
        var patience = new HashMap<>(Map.of(
                "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_TLS_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"));
        patience.putAll(environment);
        return of(patience, namesAndValues);
    }

    static LinkProbe of(Map<String, String> environment, String... namesAndValues) {
        var variables = new HashMap<>(environment);
        for (var i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new LinkProbe(RedisSettings.fromEnvironment(variables));
    }
}
