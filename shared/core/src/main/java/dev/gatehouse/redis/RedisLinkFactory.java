// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.lettuce.DeadlineTimer;
import dev.gatehouse.redis.lettuce.LettuceConnector;
import dev.gatehouse.redis.lettuce.MicronautRedisSettings;
import io.micronaut.configuration.lettuce.DefaultRedisConfiguration;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates the link of a Micronaut context and its settings. Neither connects nor starts a thread. */
@Factory
final class RedisLinkFactory {

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(missingBeans = RedisLink.class)
    RedisLink link(RedisSettings settings, DeadlineTimer timer, LettuceConnector connector) {
        return new RedisLink(settings, timer, connector, MicroClock::now);
    }

    /**
     * Reads the environment, and {@code redis.*} if the environment does not name a Redis.
     *
     * @throws InvalidSetting if a setting is malformed or contradicts another
     */
    @Singleton
    @Requires(missingBeans = RedisSettings.class)
    RedisSettings settings(
            BeanProvider<DefaultRedisConfiguration> configuration,
            @Nullable @Property(name = "redis.uri") String uri,
            @Nullable @Property(name = "redis.uris") List<String> uris) {
        var url = uris == null || uris.isEmpty() ? uri : uris.getFirst();
        var environment = System.getenv();
        // Micronaut reads REDIS_TIMEOUT, Gatehouse's start timeout, as redis.timeout.
        var hasTimeout = !environment.containsKey("REDIS_TIMEOUT");
        return RedisSettings.fromEnvironment(environment, () -> configuration
                .find(null)
                .map(found -> MicronautRedisSettings.from(found, url, hasTimeout))
                .orElseGet(RedisSettings::local));
    }
}
