package dev.gatehouse.redis.lettuce;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.micronaut.configuration.lettuce.AbstractRedisConfiguration;
import io.micronaut.configuration.lettuce.DefaultRedisClusterClientFactory;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Prototype;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/**
 * Replaces micronaut-redis's connections to a cluster, like {@link ApplicationConnections}.
 */
@Factory
@Singleton
@Requires(beans = DefaultRedisClusterClientFactory.class)
// Singletons are created eagerly from a list in which only another singleton replaces one: this factory.
@Replaces(value = StatefulConnection.class, factory = DefaultRedisClusterClientFactory.class)
class ApplicationClusterConnections<K, V> {

    private final DefaultRedisClusterClientFactory<K, V> replaced;

    ApplicationClusterConnections(DefaultRedisClusterClientFactory<K, V> replaced) {
        this.replaced = replaced;
    }

    @Bean(preDestroy = "close")
    @Prototype
    @Primary
    @Replaces(value = StatefulRedisClusterConnection.class, factory = DefaultRedisClusterClientFactory.class)
    StatefulRedisClusterConnection<K, V> connection(
            @Primary RedisClusterClient client, @Primary AbstractRedisConfiguration configuration) {
        return replaced.redisConnection(client, configuration);
    }

    @Bean(preDestroy = "close")
    @Prototype
    @Replaces(value = StatefulRedisPubSubConnection.class, factory = DefaultRedisClusterClientFactory.class)
    StatefulRedisPubSubConnection<K, V> pubSubConnection(@Primary RedisClusterClient client) {
        return replaced.redisPubSubConnection(client);
    }
}
