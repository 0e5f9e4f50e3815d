// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.command.CommandClient;
import dev.gatehouse.redis.command.RedisUnavailable;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.SentinelRig;
import io.lettuce.core.RedisException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connections that callers have for themselves, to the master that Sentinels report. */
@Timeout(180)
class SentinelDedicatedConnectionsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void followAFailover() {
        try (var rig = SentinelRig.start();
                var probe = SentinelProbes.patient(
                        Map.of("REDIS_SENTINEL_NODES", rig.addresses(), "REDIS_SENTINEL_MASTER", SentinelRig.MASTER));
                var redis = CommandClient.over(probe.link);
                var own = redis.open("k");
                var subscription = redis.openPubSub()) {
            var received = collect(subscription);
            subscription.sync().subscribe("news");
            own.sync().set("k", "before");
            own.sync().publish("news", "before");
            await().atMost(MINUTE).until(() -> received.contains("before"));

            var master = rig.servers().getFirst();
            rig.failOver();
            var promoted = rig.awaitMasterOtherThan(master);
            rig.awaitReplica(master);

            assertThatThrownBy(() -> own.sync().set("k", "old connection")).isInstanceOf(RedisException.class);
            await().atMost(MINUTE).until(() -> isSubscribed(promoted));
            try (var next = redis.open("k")) {
                assertThat(next.sync().get("k")).isEqualTo("before");
                next.sync().set("k", "after");
                next.sync().publish("news", "after");
            }
            await().atMost(MINUTE).until(() -> received.contains("after"));
            assertThat(promoted.cli("GET", "k")).isEqualTo("after");
        }
    }

    @Test
    void openAtOnceBesideOthersWhileASentinelIsSilent() {
        try (var rig = SentinelRig.start();
                var silent = FaultProxy.inFrontOf(rig.sentinels().getFirst())) {
            silent.ignoreConnects();
            var others = rig.sentinels().stream().skip(1).map(sentinel -> "127.0.0.1:" + sentinel.port());
            var addresses = Stream.concat(Stream.of("127.0.0.1:" + silent.port()), others);
            try (var probe = SentinelProbes.patient(
                            Map.of(
                                    "REDIS_SENTINEL_NODES",
                                    addresses.collect(Collectors.joining(",")),
                                    "REDIS_SENTINEL_MASTER",
                                    SentinelRig.MASTER),
                            "REDIS_CONNECTION_TIMEOUT",
                            "60000");
                    var redis = CommandClient.over(probe.link)) {
                var start = System.nanoTime();
                try (var first = redis.open("k");
                        var second = redis.open("k");
                        var subscription = redis.openPubSub()) {
                    assertThat(first.sync().ping()).isEqualTo("PONG");
                    assertThat(second.sync().ping()).isEqualTo("PONG");
                    assertThat(subscription.sync().ping()).isEqualTo("PONG");
                }
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(50));
            }
        }
    }

    @Test
    void reportTheReplyOfEachSentinelIfThereIsNoMaster() {
        try (var server = RedisProcess.start();
                var sentinel = SentinelRig.monitoring(server, 1).start();
                var probe = SentinelProbes.patient(Map.of(
                        "REDIS_SENTINEL_NODES", "127.0.0.1:" + sentinel.port(), "REDIS_SENTINEL_MASTER", "other"));
                var redis = CommandClient.over(probe.link)) {
            var reason = "there is no master: 127.0.0.1:%d: it monitors no master other".formatted(sentinel.port());
            assertThatThrownBy(() -> redis.open("k"))
                    .isInstanceOf(RedisUnavailable.class)
                    .hasMessageEndingWith(reason);
            assertThatThrownBy(redis::openPubSub)
                    .isInstanceOf(RedisUnavailable.class)
                    .hasMessageEndingWith(reason);
        }
    }

    private static boolean isSubscribed(RedisProcess server) {
        try {
            return ((List<?>) server.cli("PUBSUB", "CHANNELS")).contains("news");
        } catch (UncheckedIOException cut) {
            return false;
        }
    }

    private static List<String> collect(StatefulRedisPubSubConnection<String, String> subscription) {
        var received = new CopyOnWriteArrayList<String>();
        subscription.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                received.add(message);
            }
        });
        return received;
    }
}
