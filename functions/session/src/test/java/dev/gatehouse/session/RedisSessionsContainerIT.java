// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on the Redis of the container suite, which is newer than the embedded one. */
@Timeout(60)
class RedisSessionsContainerIT extends SessionsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.container(NOW::get);

    @Override
    SessionStore sessions(TokenReuse onReuse) {
        return new RedisSessions(REDIS.link(), onReuse);
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
