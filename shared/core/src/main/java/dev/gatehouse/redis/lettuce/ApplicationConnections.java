package dev.gatehouse.redis.lettuce;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.micronaut.configuration.lettuce.AbstractRedisConfiguration;
import io.micronaut.configuration.lettuce.DefaultRedisClientFactory;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Prototype;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/**
 * Replaces micronaut-redis's two connections, which are singletons. Created eagerly, as on Lambda, they would open at
 * start, and fail the start while Redis is down. These connections open only when the application injects one. The link
 * uses none of them.
 */
@Factory
@Singleton
@Requires(beans = DefaultRedisClientFactory.class)
// Singletons are created eagerly from a list in which only another singleton replaces one: this factory.
@Replaces(value = StatefulConnection.class, factory = DefaultRedisClientFactory.class)
class ApplicationConnections<K, V> {

    private final DefaultRedisClientFactory<K, V> replaced;

    ApplicationConnections(DefaultRedisClientFactory<K, V> replaced) {
        this.replaced = replaced;
    }

    @Bean(preDestroy = "close")
    @Prototype
    @Primary
    @Replaces(value = StatefulRedisConnection.class, factory = DefaultRedisClientFactory.class)
    StatefulRedisConnection<K, V> connection(
            @Primary RedisClient client, @Primary AbstractRedisConfiguration configuration) {
        return replaced.redisConnection(client, configuration);
    }

    @Bean(preDestroy = "close")
    @Prototype
    @Replaces(value = StatefulRedisPubSubConnection.class, factory = DefaultRedisClientFactory.class)
    StatefulRedisPubSubConnection<K, V> pubSubConnection(@Primary RedisClient client) {
        return replaced.redisPubSubConnection(client);
    }
}
