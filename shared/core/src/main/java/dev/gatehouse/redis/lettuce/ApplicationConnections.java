// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.micronaut.configuration.lettuce.AbstractRedisConfiguration;
import io.micronaut.configuration.lettuce.DefaultRedisClientFactory;
import io.micronaut.configuration.lettuce.DefaultRedisClusterClientFactory;
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
 *
 * <p>Singletons are created eagerly from a list in which only another singleton replaces one. Therefore the factories
 * themselves replace {@link StatefulConnection}.
 */
final class ApplicationConnections {

    private ApplicationConnections() {}

    @Factory
    @Singleton
    @Requires(beans = DefaultRedisClientFactory.class)
    @Replaces(value = StatefulConnection.class, factory = DefaultRedisClientFactory.class)
    static class Standalone<K, V> {

        private final DefaultRedisClientFactory<K, V> replaced;

        Standalone(DefaultRedisClientFactory<K, V> replaced) {
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

    @Factory
    @Singleton
    @Requires(beans = DefaultRedisClusterClientFactory.class)
    @Replaces(value = StatefulConnection.class, factory = DefaultRedisClusterClientFactory.class)
    static class Cluster<K, V> {

        private final DefaultRedisClusterClientFactory<K, V> replaced;

        Cluster(DefaultRedisClusterClientFactory<K, V> replaced) {
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
}
