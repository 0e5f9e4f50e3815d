// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.redis.RedisOnClock;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of groups on the Redis of the container suite. */
@Timeout(60)
class RedisJobGroupContainerIT extends JobGroupContract {

    private static final AtomicLong NOW = new AtomicLong();

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.container(NOW::get);

    @Override
    JobStore jobs() {
        return new RedisJobStore(REDIS.link());
    }

    @Override
    AtomicLong clock() {
        return NOW;
    }
}
