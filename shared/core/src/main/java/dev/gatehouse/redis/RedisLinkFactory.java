package dev.gatehouse.redis;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.lettuce.DeadlineTimer;
import dev.gatehouse.redis.lettuce.RedisConnector;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Creates the link of a Micronaut context. It does not connect. */
@Factory
final class RedisLinkFactory {

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(missingBeans = RedisLink.class)
    RedisLink link(RedisSettings settings, DeadlineTimer timer, RedisConnector connector) {
        return new RedisLink(settings, timer, connector, MicroClock::now);
    }
}
