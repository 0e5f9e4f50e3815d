package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.configuration.lettuce.DefaultRedisConfiguration;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Creates the settings bean, and the timer. Neither connects nor starts a thread. */
@Factory
final class RedisSettingsFactory {

    /**
     * Reads the environment, and {@code redis.*} if the environment does not name a Redis.
     *
     * @throws InvalidSetting if a setting is malformed or contradicts another
     */
    @Singleton
    @Requires(missingBeans = RedisSettings.class)
    RedisSettings settings(BeanProvider<DefaultRedisConfiguration> configuration) {
        var environment = System.getenv();
        // Micronaut reads REDIS_TIMEOUT, Gatehouse's start timeout, as redis.timeout.
        var hasTimeout = !environment.containsKey("REDIS_TIMEOUT");
        return RedisSettings.fromEnvironment(environment, () -> configuration
                .find(null)
                .map(found -> MicronautRedisSettings.from(found, hasTimeout))
                .orElseGet(RedisSettings::local));
    }

    @Singleton
    DeadlineTimer timer() {
        return new DeadlineTimer();
    }
}
