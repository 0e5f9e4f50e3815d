package dev.gatehouse.local;

import dev.gatehouse.redis.config.RedisSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The Redis of a local run. */
sealed interface LocalRedis extends AutoCloseable permits LocalRedis.Given, LocalRedis.Absent, EmbeddedRedis {

    RedisSettings settings();

    /** For the banner; no password. */
    String description();

    @Override
    default void close() {}

    /** The one that {@code environment} names, or none if it says so, or else an embedded one, which is started. */
    static LocalRedis of(Map<String, String> environment) throws IOException {
        var settings = RedisSettings.fromEnvironment(environment);
        if (!settings.enabled()) {
            return new Absent(settings);
        }
        var named = List.of("REDIS_URL", "REDIS_SECRET_ARN", "REDIS_HOST", "REDIS_PORT", "REDIS_CLUSTER_NODES").stream()
                .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
        return named ? new Given(settings) : EmbeddedRedis.start();
    }

    /** Someone else's, already running. */
    record Given(RedisSettings settings) implements LocalRedis {

        @Override
        public String description() {
            return settings.maskedUrl();
        }
    }

    /** None: everything is decided in this process's memory. */
    record Absent(RedisSettings settings) implements LocalRedis {

        @Override
        public String description() {
            return "none; decided in memory, and every answer says degraded";
        }
    }
}
