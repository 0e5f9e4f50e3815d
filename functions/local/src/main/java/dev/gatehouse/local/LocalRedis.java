package dev.gatehouse.local;

import dev.gatehouse.redis.config.RedisSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The Redis of a local run.
 *
 * @param description the text for the banner, without a password
 * @param end ends a Redis that this process has started
 */
record LocalRedis(RedisSettings settings, String description, Runnable end) implements AutoCloseable {

    private static final List<String> ADDRESSES =
            List.of("REDIS_URL", "REDIS_SECRET_ARN", "REDIS_HOST", "REDIS_PORT", "REDIS_CLUSTER_NODES");

    /** Returns the configured Redis, or none if it is disabled, or else starts an embedded one. */
    static LocalRedis of(Map<String, String> environment) throws IOException {
        var settings = RedisSettings.fromEnvironment(environment);
        if (!settings.enabled()) {
            return new LocalRedis(settings, "none; decisions are made in memory and marked degraded", () -> {});
        }
        if (ADDRESSES.stream()
                .anyMatch(name -> !environment.getOrDefault(name, "").isBlank())) {
            return new LocalRedis(settings, settings.maskedUrl(), () -> {});
        }
        var embedded = EmbeddedRedis.start();
        return new LocalRedis(
                embedded.settings(), "embedded, " + embedded.settings().maskedUrl(), embedded::close);
    }

    @Override
    public void close() {
        end.run();
    }
}
