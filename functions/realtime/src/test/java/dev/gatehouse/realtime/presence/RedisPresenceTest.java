// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.proxy.FaultProxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisPresenceTest extends PresenceContract {

    private static final long HOUR_MILLIS = 3_600_000;

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    PresenceStore presence() {
        return new RedisPresence(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }

    @Test
    void aReplyThatIsLostIsRepeated() {
        try (var wire = FaultProxy.inFrontOf(REDIS.server());
                var over = LinkOnClock.toServer(wire.port(), NOW::get)) {
            var presence = new RedisPresence(over);
            now(presence.enter(tenant, ROOM, request("grace", "1", 10), budget()));

            wire.swallowNextReplyAndReset();
            assertThat(now(presence.enter(tenant, ROOM, request("ada", "1", 60), budget()))
                            .joined())
                    .isTrue();
            pass(10);
            wire.swallowNextReplyAndReset();
            assertThat(now(presence.list(tenant, ROOM, 10, Optional.empty(), budget()))
                            .departed())
                    .containsExactly("grace");
            wire.swallowNextReplyAndReset();
            assertThat(now(presence.leave(tenant, ROOM, List.of(new MemberConnection("ada", "1")), budget()))
                            .left())
                    .containsExactly("ada");
        }
    }

    @Test
    void noKeyRevealsAnIdAndEachExpires() {
        enter("ada@example.org", "connection-1", 100);
        type("ada@example.org", "connection-1", true, 6);
        var keys = (List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*");

        assertThat(keys).hasSize(5).allSatisfy(key -> {
            assertThat((String) key).doesNotContain("ada", "connection-1", "room");
            assertThat((Long) REDIS.cli("PTTL", (String) key)).isPositive().isLessThanOrEqualTo(HOUR_MILLIS + 100_000);
        });
        leave("ada@example.org", "connection-1");
        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*"))
                .as("only the replies, for a minute")
                .hasSize(2);
    }

    @Test
    void theChannelRemainsForAnHourAfterTheLastEnd() {
        enter("ada", "1", 1000);
        enter("grace", "1", 10);
        assertThat(millisToLive("p")).isBetween(HOUR_MILLIS + 990_000, HOUR_MILLIS + 1_000_000);
        leave("ada", "1");
        assertThat(millisToLive("p")).isBetween(HOUR_MILLIS + 5_000, HOUR_MILLIS + 10_000);
        assertThat(millisToLive("pe")).isBetween(HOUR_MILLIS + 5_000, HOUR_MILLIS + 10_000);
        assertThat(millisToLive("pn")).isBetween(HOUR_MILLIS + 5_000, HOUR_MILLIS + 10_000);
    }

    @Test
    void eachOperationIsOneScript() {
        enter("ada", "1", 60);
        list();
        type("ada", "1", true, 6);
        leave("ada", "1");
        REDIS.cli("CONFIG", "RESETSTAT");

        enter("ada", "1", 60);
        list();
        type("ada", "1", true, 6);
        leave("ada", "1");

        assertThat(REDIS.calls("evalsha")).isEqualTo(4);
        assertThat(REDIS.calls("eval")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"p", "pe", "pn"})
    void aKeyOfAnotherTypeIsUnavailableAndUnchanged(String kind) {
        REDIS.cli("SET", ROOM.redisKey(tenant, kind), "junk", "PX", "60000");

        assertThat(presence()
                        .enter(tenant, ROOM, request("ada", "1", 60), budget())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(REDIS.cli("GET", ROOM.redisKey(tenant, kind))).isEqualTo("junk");
        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*")).hasSize(1);
    }

    @Test
    void aForeignRecordIsUnavailableAndUnchanged() {
        enter("grace", "1", 60);
        REDIS.cli("HSET", ROOM.redisKey(tenant, "p"), "ada", "junk");

        for (var stage : List.of(
                presence().enter(tenant, ROOM, request("ada", "1", 60), budget()),
                presence().leave(tenant, ROOM, List.of(new MemberConnection("ada", "1")), budget()),
                presence().type(tenant, ROOM, new MemberConnection("ada", "1"), true, 6000, budget()))) {
            assertThat(stage.toCompletableFuture().join()).isInstanceOf(Unavailable.class);
        }
        assertThat(REDIS.cli("HGET", ROOM.redisKey(tenant, "p"), "ada")).isEqualTo("junk");
        assertThat(list().members()).extracting(Member::userId).containsExactly("grace");
    }

    private long millisToLive(String kind) {
        return (Long) REDIS.cli("PTTL", ROOM.redisKey(tenant, kind));
    }
}
