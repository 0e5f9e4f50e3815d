// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link RedisPolicies} where tenants lie on different nodes. */
class ClusterPoliciesTest extends PoliciesContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(MicroClock::now);

    @Override
    Policies policies() {
        return new RedisPolicies(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
