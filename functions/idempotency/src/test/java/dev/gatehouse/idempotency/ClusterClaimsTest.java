// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link RedisClaims} on a cluster, with keys on different nodes. */
class ClusterClaimsTest extends ClaimsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

    @Override
    ClaimStore claims() {
        return new RedisClaims(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
