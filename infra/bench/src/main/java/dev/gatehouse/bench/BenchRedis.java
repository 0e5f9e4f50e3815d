package dev.gatehouse.bench;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

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
}
