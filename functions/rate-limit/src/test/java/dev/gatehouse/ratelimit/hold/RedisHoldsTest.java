// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.RedisOnClock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisHoldsTest extends HoldsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(REDIS.link());
    }

    @AfterEach
    void noKeyLivesForEver() {
        for (var key : (List<?>) REDIS.cli("KEYS", "*")) {
            assertThat((Long) REDIS.cli("PTTL", (String) key)).as("%s", key).isNotEqualTo(-1);
        }
    }
}
