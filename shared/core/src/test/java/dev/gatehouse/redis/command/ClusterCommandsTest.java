// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisCluster;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands on a cluster. */
class ClusterCommandsTest {

    private static RedisCluster cluster;
    private static LinkProbe probe;
    private static CommandClient redis;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
        probe = new LinkProbe(RedisSettings.fromEnvironment(Map.of(
                "REDIS_CLUSTER_NODES",
                cluster.addresses(),
                "REDIS_CONNECTION_TIMEOUT",
                "5000",
                "REDIS_COMMAND_TIMEOUT",
                "5000")));
        redis = CommandClient.over(probe.link);
    }

    @AfterAll
    static void stop() {
        redis.close();
        probe.close();
        cluster.close();
    }

    @Test
    void theFirstArgumentSelectsTheNode() {
        var redirected = redirections();
        var nodes = new HashSet<Integer>();
        for (var i = 0; i < 20; i++) {
            var key = "shop:user:" + i;
            redis.execute("SET", key, i);
            var master = cluster.masterOf(key);
            nodes.add(master.port());
            assertThat(master.cli("GET", key)).isEqualTo(String.valueOf(i));
        }
        assertThat(nodes).hasSize(3);
        assertThat(redirections()).isEqualTo(redirected);
    }

    private static long redirections() {
        return cluster.masters().stream()
                .map(node -> node.info("errorstats", "errorstat_MOVED"))
                .filter(Objects::nonNull)
                .mapToLong(count -> Long.parseLong(count.substring("count=".length())))
                .sum();
    }

    @Test
    void commandsWithTheKeyElsewhereAreRedirected() {
        for (var i = 0; i < 20; i++) {
            var key = "shop:cart:" + i;
            redis.execute("SET", key, "v");
            assertThat(redis.execute("OBJECT", "ENCODING", key).text()).isEqualTo("embstr");
            assertThat(redis.execute("EVAL", "return redis.call('GET', KEYS[1])", 1, key)
                            .text())
                    .isEqualTo("v");
        }
        assertThat(redis.execute("PING").text()).isEqualTo("PONG");
        assertThat(redis.execute("INFO", "server").text()).contains("redis_mode:cluster");
    }

    @Test
    void callSplitsMsetAndExecuteDoesNot() {
        var values = new HashMap<String, String>();
        for (var i = 0; i < 10; i++) {
            values.put("shop:split:" + i, "v" + i);
        }
        redis.call(r -> r.mset(values));
        values.forEach((key, value) ->
                assertThat(cluster.masterOf(key).cli("GET", key)).isEqualTo(value));
        long deleted = redis.call(r -> r.del(values.keySet().toArray(String[]::new)));
        assertThat(deleted).isEqualTo(10);

        assertThatThrownBy(() -> redis.execute("MSET", "shop:split:1", "a", "shop:split:2", "b"))
                .isInstanceOf(CommandRefused.class)
                .hasMessage("Redis replied with CROSSSLOT");
        assertThat(redis.execute("GET", "shop:split:1").isNull()).isTrue();
        assertThat(redis.execute("MSET", "shop:a:{1}", "a", "shop:b:{1}", "b").text())
                .isEqualTo("OK");
    }

    @Test
    void aTransactionRunsOnTheNodeOfItsKey() {
        for (var i = 0; i < 10; i++) {
            var tag = "{" + i + "}";
            try (var own = redis.open("shop:stock:" + tag)) {
                own.sync().multi();
                own.sync().decr("shop:stock:" + tag);
                own.sync().incr("shop:sold:" + tag);
                assertThat((Long) own.sync().exec().get(1)).isEqualTo(1);
            }
        }
    }

    @Test
    void aSubscriptionReceivesWhatAnyNodePublishes() {
        var received = new CopyOnWriteArrayList<String>();
        try (var subscription = redis.openPubSub()) {
            subscription.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, String message) {
                    received.add(message);
                }
            });
            subscription.sync().subscribe("shop:news:all");
            for (var node : cluster.masters()) {
                node.cli("PUBLISH", "shop:news:all", "from " + node.port());
            }
            redis.call(r -> r.publish("shop:news:all", "from the client"));
            await().atMost(Duration.ofMinutes(1)).until(() -> received.size() == 4);
        }
    }
}
