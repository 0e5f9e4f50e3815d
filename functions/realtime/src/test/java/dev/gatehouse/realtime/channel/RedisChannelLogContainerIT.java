// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.realtime.presence.RedisPresence;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on the Redis of the container suite, which is newer than the embedded one. */
@Timeout(60)
class RedisChannelLogContainerIT extends ChannelLogContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.container(NOW::get);

    @Override
    ChannelLog log() {
        return new RedisChannelLog(REDIS.link());
    }

    @Override
    PresenceStore presence() {
        return new RedisPresence(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }
}
