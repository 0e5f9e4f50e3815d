// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.hold;

import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClusterHoldsTest extends HoldsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(REDIS.link());
    }
}
