package dev.gatehouse.local;

import dev.gatehouse.redis.config.RedisSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The Redis of a local run. */
sealed interface LocalRedis extends AutoCloseable permits LocalRedis.Given, LocalRedis.Absent, EmbeddedRedis {

    RedisSettings settings();

    /** Returns the text for the banner, without a password. */
    String description();

    @Override
    default void close() {}

    /** Returns the configured Redis, or none if it is disabled, or else starts an embedded one. */
    static LocalRedis of(Map<String, String> environment) throws IOException {
        var settings = RedisSettings.fromEnvironment(environment);
        if (!settings.enabled()) {
            return new Absent(settings);
        }
        var named = List.of("REDIS_URL", "REDIS_SECRET_ARN", "REDIS_HOST", "REDIS_PORT", "REDIS_CLUSTER_NODES").stream()
                .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
        return named ? new Given(settings) : EmbeddedRedis.start();
    }

    /** A configured Redis. */
    record Given(RedisSettings settings) implements LocalRedis {

        @Override
        public String description() {
            return settings.maskedUrl();
        }
    }

    /** No Redis: decisions are made in this process's memory. */
    record Absent(RedisSettings settings) implements LocalRedis {

        @Override
        public String description() {
            return "none; decisions are made in memory and marked degraded";
        }
    }
}
