// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link RedisSessions} on a cluster, with keys on different nodes. */
class ClusterSessionsTest extends SessionsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

    @Override
    SessionStore sessions(TokenReuse onReuse) {
        return new RedisSessions(REDIS.link(), onReuse);
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
