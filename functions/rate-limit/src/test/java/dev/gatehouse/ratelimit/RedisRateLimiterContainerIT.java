package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** The contract on the Redis of the container suite, which is newer than the embedded one. */
@Timeout(60)
class RedisRateLimiterContainerIT extends DelayContract {

    private static RedisContainer redis;
    private static RedisLink link;

    @BeforeAll
    static void start() {
        redis = RedisContainer.published().start();
        link = LinkOnClock.toServer(redis.port(), NOW::get);
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(link);
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
