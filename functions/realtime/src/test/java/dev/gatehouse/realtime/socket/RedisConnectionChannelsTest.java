// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConnectionChannelsTest extends ConnectionChannelsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    ConnectionChannels channels() {
        return new RedisConnectionChannels(REDIS.link());
    }

    @Test
    void theKeyRevealsNothingAndExpires() {
        var user = user("ada@example.org", "connection-1");
        add(user, "room");
        due(user, 60);
        var key = key();

        assertThat(key).matches("gh:\\{" + tenant + ":[A-Za-z0-9_-]{12}}:wsc:[A-Za-z0-9_-]{43}");
        assertThat((Long) REDIS.cli("PTTL", key))
                .isPositive()
                .isLessThanOrEqualTo(RedisConnectionChannels.LIFE.toMillis());
        remove(user, "room");
        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*")).isEmpty();
    }

    @Test
    void aReplyThatIsLostIsRepeated() {
        try (var wire = FaultProxy.inFrontOf(REDIS.server());
                var over = LinkOnClock.toServer(wire.port(), NOW::get)) {
            var channels = new RedisConnectionChannels(over);
            var room = new ChannelName("room");
            channels.all(ada, budget()).toCompletableFuture().join();

            wire.swallowNextReplyAndReset();
            assertThat(channels.add(ada, room, budget()).toCompletableFuture().join())
                    .matches(decision -> decision.toString().contains("true"));
            wire.swallowNextReplyAndReset();
            channels.remove(ada, room, budget()).toCompletableFuture().join();
            assertThat(all(ada)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", ""})
    void aKeyOfAnotherProgramRemainsUnchanged(String value) {
        add(ada, "room");
        var key = key();
        REDIS.cli("SET", key, value);

        var room = new ChannelName("room");
        assertThat(channels().add(ada, room, budget()).toCompletableFuture().join())
                .isInstanceOf(Unavailable.class);
        assertThat(channels().remove(ada, room, budget()).toCompletableFuture().join())
                .isInstanceOf(Unavailable.class);
        assertThat(channels().all(ada, budget()).toCompletableFuture().join()).isInstanceOf(Unavailable.class);
        assertThat(channels()
                        .due(ada, Duration.ZERO, budget())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(REDIS.cli("GET", key)).isEqualTo(value);
        REDIS.cli("DEL", key);
    }

    private String key() {
        return (String) ((List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*")).getFirst();
    }
}
