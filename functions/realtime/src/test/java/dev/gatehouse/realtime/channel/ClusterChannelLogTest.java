// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.realtime.presence.RedisPresence;
import dev.gatehouse.redis.RedisOnClock;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link RedisChannelLog} where channels lie on different nodes. */
class ClusterChannelLogTest extends ChannelLogContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.cluster(NOW::get);

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
