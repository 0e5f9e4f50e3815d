// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on the Redis of the container suite. */
@Timeout(60)
class JobsContainerIT extends JobsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.container(MicroClock::now);

    @Override
    RedisLink link() {
        return REDIS.link();
    }
}
