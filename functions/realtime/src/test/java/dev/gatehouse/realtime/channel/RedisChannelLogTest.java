// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.realtime.channel.Publication.Keep;
import dev.gatehouse.realtime.presence.PresenceStore;
import dev.gatehouse.realtime.presence.RedisPresence;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.proxy.FaultProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisChannelLogTest extends ChannelLogContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

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

    @Test
    void aPublicationWhoseReplyIsLostIsOneEvent() {
        var start = end();
        try (var wire = FaultProxy.inFrontOf(REDIS.server());
                var over = LinkOnClock.toServer(wire.port(), NOW::get)) {
            var log = new RedisChannelLog(over);
            now(log.catchUp(tenant, ROOM, Optional.empty(), 1, budget()));
            wire.swallowNextReplyAndReset();
            now(log.publish(tenant, ROOM, Publication.of("e", "1"), budget()));
        }
        assertThat(catchUp(start, 10).events()).hasSize(1);
    }

    @Test
    void aFullRedisKeepsTheEvents() {
        var start = end();
        publish("a");
        publish("b");
        try (var over = LinkOnClock.toServer(REDIS.server().port(), NOW::get)) {
            REDIS.cli("CONFIG", "SET", "maxmemory", "1");
            var refused = new RedisChannelLog(over).publish(tenant, ROOM, Publication.of("e", "1"), budget());
            assertThat(refused.toCompletableFuture().join()).isInstanceOf(Unavailable.class);
        } finally {
            REDIS.cli("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(catchUp(start, 10).events()).extracting(ChannelEvent::data).containsExactly("\"a\"", "\"b\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noPositionOfALostLogIsValidInTheNextOne(boolean withEvents) {
        var start = end();
        var first = publish("a");
        REDIS.delete(key("log"));
        if (withEvents) {
            publish("b");
            publish("c");
        }
        assertThat(catchUp(start, 10).recovered()).isFalse();
        var lost = catchUp(first, 10);
        assertThat(lost.recovered()).isFalse();
        publish("d");
        assertThat(catchUp(lost.at(), 10).events()).hasSize(1);
    }

    /** Restores an older stream, like a failover to a replica that lacks the last events. */
    @Test
    void aReaderOfLostLastEventsIsNotRecovered() {
        publish("a");
        var kept = publish("b");
        var copy = (List<?>) REDIS.cli("XRANGE", key("log"), "-", "+");
        var lost = publish("c");
        restore(copy);
        assertThat(catchUp(lost, 10).recovered()).isFalse();
        publish("other");
        assertThat(catchUp(lost, 10).recovered()).isFalse();
        assertThat(catchUp(kept, 10).events()).extracting(ChannelEvent::data).containsExactly("\"other\"");
    }

    @Test
    void aLogWhoseEventsWereDeletedByHandBeginsAnewOrIsNotRecovered() {
        var start = end();
        publish("a");
        publish("b");
        var last = publish("c");
        REDIS.cli("XDEL", key("log"), "0-3");
        assertThat(catchUp(start, 10).recovered()).isFalse();
        REDIS.cli("XDEL", key("log"), "0-4");
        assertThat(catchUp(last, 10).recovered()).isFalse();

        var next = publish("d");
        assertThat(catchUp(last, 10)).isEqualTo(new CatchUp(false, List.of(), next, false));
        assertThat(catchUp(start, 10).recovered()).isFalse();
    }

    @Test
    void withoutTheIdsAnIdIsPublishedAgain() {
        var publication = Publication.of("e", "1").withId("once");
        published(publication);
        REDIS.delete(key("logi"));
        assertThat(published(publication).repeated()).isFalse();
    }

    @Test
    void noKeyRevealsAChannelAndBothExpireTogether() {
        published(Publication.of("e", "1").keeping(new Keep(10, 1000)));
        var keys = (List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*");
        assertThat(keys).hasSize(2).allSatisfy(key -> {
            assertThat((String) key).doesNotContain("room");
            assertThat((Long) REDIS.cli("PTTL", (String) key)).isBetween(990_000L, 1_000_000L);
        });
        end();
        assertThat((Long) REDIS.cli("PTTL", key("log"))).isBetween(990_000L, 1_000_000L);
        REDIS.cli("PEXPIRE", key("log"), "100000");
        end();
        for (var kind : List.of("log", "logi")) {
            assertThat((Long) REDIS.cli("PTTL", key(kind))).isBetween(290_000L, 300_000L);
        }
    }

    @Test
    void theIdsOfDroppedEventsAreDropped() {
        for (int n = 0; n < 30; n++) {
            published(Publication.of("e", "1").keeping(new Keep(5, 60)));
        }
        assertThat(REDIS.cli("XLEN", key("log"))).isEqualTo(6L);
        assertThat(REDIS.cli("HLEN", key("logi")))
                .as("with that of how much is kept")
                .isEqualTo(7L);
    }

    @Test
    void eachOperationIsOneScript() {
        end();
        publish("a");
        REDIS.cli("CONFIG", "RESETSTAT");
        end();
        publish("a");
        assertThat(REDIS.calls("evalsha")).isEqualTo(2);
        assertThat(REDIS.calls("eval")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "logi", "p"})
    void aKeyOfAnotherTypeIsUnavailableAndUnchanged(String kind) {
        REDIS.cli("SET", key(kind), "junk", "PX", "60000");
        assertThat(log().publish(tenant, ROOM, Publication.of("e", "1").toRecipients(""), budget())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(REDIS.cli("GET", key(kind))).isEqualTo("junk");
        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*")).hasSize(1);
    }

    @Test
    void aForeignStreamIsUnavailableAndUnchanged() {
        REDIS.cli("XADD", key("log"), "5-1", "a", "b");
        REDIS.cli("PEXPIRE", key("log"), "60000");
        assertThat(log().publish(tenant, ROOM, Publication.of("e", "1"), budget())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(log().catchUp(tenant, ROOM, Optional.empty(), 1, budget())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(REDIS.cli("XLEN", key("log"))).isEqualTo(1L);
    }

    private void restore(List<?> entries) {
        REDIS.delete(key("log"));
        for (var entry : entries) {
            var parts = (List<?>) entry;
            var command = new ArrayList<String>(List.of("XADD", key("log"), (String) parts.getFirst()));
            ((List<?>) parts.get(1)).forEach(value -> command.add((String) value));
            REDIS.cli(command.toArray(String[]::new));
        }
        REDIS.cli("PEXPIRE", key("log"), "60000");
    }

    private String key(String kind) {
        return ROOM.redisKey(tenant, kind);
    }
}
