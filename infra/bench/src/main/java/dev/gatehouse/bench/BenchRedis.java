// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Settings and deadlines long enough that Redis decides every call, even on a busy machine. */
public final class BenchRedis {

    public static final Map<String, String> SETTINGS =
            Map.of("REDIS_CONNECTION_TIMEOUT", "10000", "REDIS_COMMAND_TIMEOUT", "10000");

    private BenchRedis() {}

    public static RedisLink link(String url) {
        var settings = new HashMap<>(SETTINGS);
        settings.put("REDIS_URL", url);
        return RedisLink.to(RedisSettings.fromEnvironment(settings));
    }

    public static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    /**
     * Waits for a decision.
     *
     * @throws IllegalStateException if Redis did not decide
     */
    public static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        if (decision instanceof Decided<T>(var value, var source) && source == Source.REDIS) {
            return value;
        }
        throw new IllegalStateException("Redis did not decide: " + decision);
    }
}
