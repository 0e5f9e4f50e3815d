package dev.gatehouse.redis.health;

import dev.gatehouse.redis.config.RedisSettings;
import java.util.Locale;

/** Whose Redis it is, by the marks it bears. */
public enum RedisService {
    ELASTICACHE_SERVERLESS("ElastiCache Serverless"),
    ELASTICACHE("ElastiCache"),
    MEMORYDB("MemoryDB"),
    UPSTASH("Upstash"),
    REDIS_CLOUD("Redis Cloud"),
    VALKEY("Valkey"),
    REDIS("Redis");

    private final String title;

    RedisService(String title) {
        this.title = title;
    }

    /** As its makers write it. */
    public String title() {
        return title;
    }

    /** By the address first, for those who manage a Redis let it tell little of itself. */
    public static RedisService of(RedisSettings settings, ServerFacts facts) {
        var host = settings.nodes().getFirst().host().toLowerCase(Locale.ROOT);
        if (host.endsWith(".cache.amazonaws.com")) {
            return host.contains(".serverless.") ? ELASTICACHE_SERVERLESS : ELASTICACHE;
        }
        if (host.endsWith(".amazonaws.com") && host.contains(".memorydb.")) {
            return MEMORYDB;
        }
        if (host.endsWith(".upstash.io") || facts.text("upstash_version").value() != null) {
            return UPSTASH;
        }
        if (host.endsWith(".redislabs.com") || host.endsWith(".redis-cloud.com")) {
            return REDIS_CLOUD;
        }
        if ("Amazon ElastiCache".equals(facts.text("os").value())) {
            return ELASTICACHE;
        }
        return facts.text("valkey_version").value() != null ? VALKEY : REDIS;
    }
}
