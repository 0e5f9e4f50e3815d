// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.RedisOnClock;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link RedisStateStore} on a cluster, with keys on different nodes. */
class ClusterStateStoreTest extends StateContract {

    private static final AtomicLong NOW = new AtomicLong();

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

    @Override
    StateStore states() {
        return new RedisStateStore(REDIS.link());
    }

    @Override
    AtomicLong clock() {
        return NOW;
    }

    @Override
    Source source() {
        return Source.REDIS;
    }
}
