// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import dev.gatehouse.redis.config.RedisSettings;
import java.util.Locale;

/** The service or software that provides a Redis. */
public enum RedisProvider {
    ELASTICACHE_SERVERLESS("ElastiCache Serverless"),
    ELASTICACHE("ElastiCache"),
    MEMORYDB("MemoryDB"),
    UPSTASH("Upstash"),
    REDIS_CLOUD("Redis Cloud"),
    VALKEY("Valkey"),
    REDIS("Redis");

    private final String title;

    RedisProvider(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    /** Identifies the provider, by the address first: managed services withhold much of the server info. */
    public static RedisProvider of(RedisSettings settings, ServerInfo server) {
        var host = settings.nodes().getFirst().host().toLowerCase(Locale.ROOT);
        if (host.endsWith(".cache.amazonaws.com")) {
            return host.contains(".serverless.") ? ELASTICACHE_SERVERLESS : ELASTICACHE;
        }
        if (host.endsWith(".amazonaws.com") && host.contains(".memorydb.")) {
            return MEMORYDB;
        }
        if (host.endsWith(".upstash.io") || server.text("upstash_version").value() != null) {
            return UPSTASH;
        }
        if (host.endsWith(".redislabs.com") || host.endsWith(".redis-cloud.com")) {
            return REDIS_CLOUD;
        }
        if ("Amazon ElastiCache".equals(server.text("os").value())) {
            return ELASTICACHE;
        }
        return server.text("valkey_version").value() != null ? VALKEY : REDIS;
    }
}
