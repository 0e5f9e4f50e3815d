package dev.gatehouse.redis;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** The link as a bean, for functions that Micronaut composes. Nothing here connects. */
@Factory
final class RedisBeans {

    @Singleton
    @Requires(missingBeans = RedisSettings.class)
    RedisSettings settings() {
        return RedisSettings.fromEnvironment(System.getenv());
    }

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(missingBeans = RedisLink.class)
    RedisLink link(RedisSettings settings) {
        return RedisLink.retrying(settings);
    }
}
