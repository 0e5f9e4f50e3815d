// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on the Redis of the container suite, which is newer than the embedded one. */
@Timeout(60)
class RedisClaimsContainerIT extends ClaimsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.container(NOW::get);

    @Override
    ClaimStore claims() {
        return new RedisClaims(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
