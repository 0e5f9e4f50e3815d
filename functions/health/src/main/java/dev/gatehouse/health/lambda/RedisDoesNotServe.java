// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.lambda;

import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Absent;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.Warning;
import java.util.stream.Collectors;

/** The failure of the scheduled check, in one line without secrets or stack trace. */
public final class RedisDoesNotServe extends RuntimeException {

    private static final long serialVersionUID = 1;

    private RedisDoesNotServe(String message) {
        super(message, null, false, false);
    }

    static RedisDoesNotServe at(String url, RedisHealth health) {
        var warnings = health.warnings().stream()
                .filter(Warning::isBlocking)
                .map(warning -> " " + warning.what() + " " + warning.advice())
                .collect(Collectors.joining());
        return new RedisDoesNotServe(
                switch (health) {
                    case Disconnected disconnected ->
                        "Redis at " + url + " is down: " + disconnected.error() + "." + warnings;
                    case Connected _ -> "Redis at " + url + " does not serve." + warnings;
                    case Absent _ -> throw new IllegalArgumentException("Redis is disabled by choice");
                });
    }
}
