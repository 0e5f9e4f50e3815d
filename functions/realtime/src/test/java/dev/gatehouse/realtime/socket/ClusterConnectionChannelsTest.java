// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link RedisConnectionChannels} where WebSockets lie on different nodes. */
class ClusterConnectionChannelsTest extends ConnectionChannelsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

    @Override
    ConnectionChannels channels() {
        return new RedisConnectionChannels(REDIS.link());
    }
}
