package dev.gatehouse.bench;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.Optimization;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Bucket4j as its reference has it for Lettuce: a GET, then a script that swaps what was read for what follows from it,
 * and the same again while others come between. A bucket expires when it is full again.
 */
final class Bucket4jOnLettuce implements Contestant {

    private static final BucketConfiguration CONFIGURATION = BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(1_000_000).refillGreedy(1_000_000, Duration.ofSeconds(1)))
            .build();

    private final String name;
    private final Optimization optimization;
    private final RedisClient client;
    private final StatefulRedisConnection<String, byte[]> connection;
    private final ProxyManager<String> manager;
    /** Kept, since what a bucket's threads can share they share through its proxy. */
    private final ConcurrentMap<String, Bucket> buckets = new ConcurrentHashMap<>();

    private Bucket4jOnLettuce(String url, String variant, Optimization optimization) {
        this.name = "Bucket4j " + Bucket.class.getPackage().getImplementationVersion() + ", " + variant;
        this.optimization = optimization;
        client = RedisClient.create(url);
        connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        manager = Bucket4jLettuce.casBasedBuilder(connection)
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10)))
                .build();
    }

    /** Every decision asks Redis for itself. */
    static Bucket4jOnLettuce plain(String url) {
        return new Bucket4jOnLettuce(url, "Lettuce", Optimization.NONE_OPTIMIZED);
    }

    /** Decisions that wait for the same bucket in this process go to Redis together. */
    static Bucket4jOnLettuce batching(String url) {
        return new Bucket4jOnLettuce(url, "batching", Optimizations.batching());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void decide(String subject) {
        if (!buckets.computeIfAbsent(subject, this::bucket).tryConsume(1)) {
            throw new IllegalStateException("Not admitted: " + subject);
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }

    private Bucket bucket(String subject) {
        return manager.builder()
                .withOptimization(optimization)
                .build("%s:{%s}".formatted(name, subject), () -> CONFIGURATION);
    }
}
