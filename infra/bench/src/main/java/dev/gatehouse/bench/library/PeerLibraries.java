// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import dev.gatehouse.bench.Contestant.Role;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.optimization.Optimization;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;

/** Peer libraries on default settings, used as their references show. */
final class PeerLibraries implements AutoCloseable {

    private static final int RATE = 1_000_000;
    private static final BucketConfiguration BUCKET = BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(RATE).refillGreedy(RATE, Duration.ofSeconds(1)))
            .build();

    private final RedisClient lettuce;
    private final RedissonClient redisson;
    private final LettuceConnectionFactory spring;

    PeerLibraries(String url) {
        lettuce = RedisClient.create(url);
        var config = new Config();
        config.useSingleServer().setAddress(url);
        redisson = Redisson.create(config);
        var redis = URI.create(url);
        spring = new LettuceConnectionFactory(new RedisStandaloneConfiguration(redis.getHost(), redis.getPort()));
        spring.afterPropertiesSet();
        spring.start();
    }

    CachePeers caches(String url) {
        return new CachePeers(url, redisson, spring);
    }

    /** Sends a GET and a compare-and-swap script for each decision, and retries after a conflict. */
    Operation bucket4j() {
        return bucket4j("Lettuce", Optimization.NONE_OPTIMIZED);
    }

    /** Batches concurrent decisions about one bucket. */
    Operation bucket4jBatching() {
        return bucket4j("batching", Optimizations.batching());
    }

    private Operation bucket4j(String variant, Optimization optimization) {
        var connection = lettuce.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        var proxies = Bucket4jLettuce.casBasedBuilder(connection)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10)))
                .build();
        // Batches form only if all threads use one proxy for each bucket.
        var buckets = new ConcurrentHashMap<String, Bucket>();
        var name = "Bucket4j " + Bucket.class.getPackage().getImplementationVersion() + ", " + variant;
        return new Operation(name, Role.PEER, subject -> {
            var bucket = buckets.computeIfAbsent(subject, key -> proxies.builder()
                    .withOptimization(optimization)
                    .build("%s:{%s}".formatted(variant, key), () -> BUCKET));
            require(bucket.tryConsume(1), subject);
        });
    }

    /** Runs one script for each decision, which stores every permit of the last second, and one more for a new subject. */
    Operation redisson() {
        var limiters = new ConcurrentHashMap<String, RRateLimiter>();
        var name = "Redisson " + Redisson.class.getPackage().getImplementationVersion() + " RRateLimiter";
        return new Operation(name, Role.PEER, subject -> {
            var limiter = limiters.computeIfAbsent(subject, key -> {
                var created = redisson.getRateLimiter("redisson:" + key);
                created.trySetRate(RateType.OVERALL, RATE, Duration.ofSeconds(1), Duration.ofMinutes(10));
                return created;
            });
            require(limiter.tryAcquire(), subject);
        });
    }

    /** Finds, touches and saves a session: one read and one write for each request. */
    Operation springSession() {
        var template = new RedisTemplate<String, Object>();
        template.setKeySerializer(RedisSerializer.string());
        template.setHashKeySerializer(RedisSerializer.string());
        template.setConnectionFactory(spring);
        template.afterPropertiesSet();
        return springSession(new RedisSessionRepository(template));
    }

    private static <S extends Session> Operation springSession(SessionRepository<S> repository) {
        var ids = new ConcurrentHashMap<String, String>();
        return new Operation("Spring Session 3.5.3, writes each time", Role.PEER, subject -> {
            var id = ids.computeIfAbsent(subject, user -> {
                var created = repository.createSession();
                created.setAttribute("userId", user);
                created.setAttribute("theme", "dark");
                repository.save(created);
                return created.getId();
            });
            var session = repository.findById(id);
            require(session != null && "dark".equals(session.getAttribute("theme")), subject);
            session.setLastAccessedTime(Instant.now());
            repository.save(session);
        });
    }

    private static void require(boolean expected, String subject) {
        if (!expected) {
            throw new IllegalStateException("not admitted or found: " + subject);
        }
    }

    @Override
    public void close() {
        spring.destroy();
        redisson.shutdown();
        lettuce.shutdown();
    }
}
