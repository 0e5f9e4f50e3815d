package dev.gatehouse.bench;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * Redisson's RRateLimiter as its reference has it, on the client's default settings: one script a decision, which keeps
 * every permit of the last second. The rate is set once for each subject, which costs a trip of its own, and expires
 * when it is idle.
 */
final class RedissonLimiter implements Contestant {

    private static final Duration KEEP_ALIVE = Duration.ofMinutes(10);

    private final RedissonClient client;
    private final ConcurrentMap<String, RRateLimiter> limiters = new ConcurrentHashMap<>();

    RedissonLimiter(String url) {
        var config = new Config();
        config.useSingleServer().setAddress(url);
        client = Redisson.create(config);
    }

    @Override
    public String name() {
        return "Redisson " + Redisson.class.getPackage().getImplementationVersion() + " RRateLimiter";
    }

    @Override
    public void decide(String subject) {
        if (!limiters.computeIfAbsent(subject, this::limiter).tryAcquire()) {
            throw new IllegalStateException("Not admitted: " + subject);
        }
    }

    @Override
    public void close() {
        client.shutdown();
    }

    private RRateLimiter limiter(String subject) {
        var limiter = client.getRateLimiter("redisson:" + subject);
        limiter.trySetRate(RateType.OVERALL, 1_000_000, Duration.ofSeconds(1), KEEP_ALIVE);
        return limiter;
    }
}
