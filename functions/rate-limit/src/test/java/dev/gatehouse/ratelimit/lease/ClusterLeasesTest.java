// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link RedisLeases} where subjects lie on different nodes. */
class ClusterLeasesTest extends LeasesContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

    @Override
    LeaseStore leases() {
        return new RedisLeases(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
