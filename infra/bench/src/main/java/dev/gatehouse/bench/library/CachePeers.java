// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.bench.library.Operation.Call;
import io.micronaut.cache.CacheManager;
import io.micronaut.cache.SyncCache;
import io.micronaut.context.ApplicationContext;
import io.micronaut.core.type.Argument;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.redisson.api.RMapCache;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** The caches of other libraries, used as their references show. None of them stops a second loader elsewhere. */
final class CachePeers implements AutoCloseable {

    private static final String REDISSON = "Redisson 4.7.0 RMapCache";
    private static final String SPRING = "Spring Data Redis 3.5.3 RedisCache";
    private static final String MICRONAUT = "Micronaut Redis 6.9.0 cache";

    private final RMapCache<String, String> redisson;
    private final Cache spring;
    private final ApplicationContext context;
    private final SyncCache<?> micronaut;
    private final AtomicLong loads = new AtomicLong();

    CachePeers(String url, RedissonClient redissonClient, RedisConnectionFactory springConnections) {
        redisson = redissonClient.getMapCache("redisson-cache", StringCodec.INSTANCE);
        spring = Objects.requireNonNull(
                RedisCacheManager.builder(springConnections).build().getCache("spring"));
        context = ApplicationContext.run(Map.of("redis.uri", url, "redis.caches.micronaut.expire-after-write", "1h"));
        micronaut = context.getBean(CacheManager.class).getCache("micronaut");
    }

    Operation redisson() {
        return new Operation(REDISSON, Role.PEER, this::redisson);
    }

    Operation redissonMisses() {
        return new Operation(REDISSON, Role.PEER, newKey(this::redisson));
    }

    Operation redissonMany() {
        return new Operation(REDISSON + ", getAll", Role.PEER, subject -> {
            var keys = keys(subject);
            var missing = new HashSet<>(keys);
            missing.removeAll(redisson.getAll(keys).keySet());
            for (var key : missing) {
                redisson(key);
            }
        });
    }

    private void redisson(String key) {
        if (redisson.get(key) == null) {
            redisson.fastPut(key, CacheCalls.VALUE, 1, TimeUnit.HOURS);
        }
    }

    Operation spring() {
        return new Operation(SPRING, Role.PEER, this::spring);
    }

    Operation springMisses() {
        return new Operation(SPRING, Role.PEER, newKey(this::spring));
    }

    Operation springMany() {
        return new Operation(
                SPRING + ", one by one", Role.PEER, subject -> keys(subject).forEach(this::spring));
    }

    private void spring(String key) {
        spring.get(key, () -> CacheCalls.VALUE);
    }

    Operation micronaut() {
        return new Operation(MICRONAUT, Role.PEER, this::micronaut);
    }

    Operation micronautMisses() {
        return new Operation(MICRONAUT, Role.PEER, newKey(this::micronaut));
    }

    Operation micronautMany() {
        return new Operation(MICRONAUT + ", 50 in one flush", Role.PEER, subject -> {
            var values = keys(subject).stream()
                    .collect(Collectors.<String, String, CompletableFuture<Optional<String>>>toMap(
                            key -> key, key -> micronaut.async().get(key, Argument.STRING)));
            for (var value : values.entrySet()) {
                if (value.getValue().get().isEmpty()) {
                    micronaut(value.getKey());
                }
            }
        });
    }

    private void micronaut(String key) {
        micronaut.get(key, Argument.STRING, () -> CacheCalls.VALUE);
    }

    private Call newKey(Call call) {
        return _ -> call.run("miss-" + loads.incrementAndGet());
    }

    private static Set<String> keys(String subject) {
        return IntStream.range(0, CacheCalls.MANY)
                .mapToObj(i -> subject + "-" + i)
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        context.close();
    }
}
