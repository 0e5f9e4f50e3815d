// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link RedisPolicies} where tenants lie on different nodes. */
class ClusterOverridesTest extends OverridesContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

    private final Policies policies = new RedisPolicies(REDIS.link(), declared, System::nanoTime, NOW::get);

    @Override
    Policies policies() {
        return policies;
    }
}
