// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.redis.config.RedisSettings;
import java.io.IOException;
import java.util.Map;

/**
 * The Redis of a local run.
 *
 * @param description the text for the banner, without a password
 * @param end ends a Redis that this process has started
 */
record LocalRedis(RedisSettings settings, String description, Runnable end) implements AutoCloseable {

    /** Returns the configured Redis, or none if it is disabled, or else starts an embedded one. */
    static LocalRedis of(Map<String, String> environment) throws IOException {
        var settings = RedisSettings.fromEnvironment(environment);
        if (!settings.enabled()) {
            return new LocalRedis(settings, "none; decisions are made in memory and marked degraded", () -> {});
        }
        if (RedisSettings.addressNames().stream()
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
