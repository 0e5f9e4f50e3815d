// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on the Redis of the container suite, which is newer than the embedded one. */
@Timeout(60)
class RedisRateLimiterContainerIT extends DelayContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.container(NOW::get);

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
