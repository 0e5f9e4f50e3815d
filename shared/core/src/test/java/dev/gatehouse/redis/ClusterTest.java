// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.redis.RedisCluster;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The link to a cluster. */
@ConcurrentTests
class ClusterTest {

    /** The cluster of the tests that leave its nodes alive; each has keys of its own. */
    private static RedisCluster shared;

    @BeforeAll
    static void start() {
        shared = RedisCluster.start();
    }

    @AfterAll
    static void stop() {
        shared.close();
    }

    private static LinkProbe probe(RedisCluster cluster) {
        return new LinkProbe(RedisSettings.fromEnvironment(Map.of(
                "REDIS_CLUSTER_NODES",
                cluster.addresses(),
                "REDIS_CONNECTION_TIMEOUT",
                "5000",
                "REDIS_COMMAND_TIMEOUT",
                "5000")));
    }

    @Test
    void reachesEveryNodeAndSendsEachItsScripts() {
        try (var probe = probe(shared)) {
            var nodes = new HashSet<Integer>();
            for (var i = 0; i < 30; i++) {
                assertThat(probe.count("each" + i)).isEqualTo(new Answered<>(List.<Object>of("n", 1L)));
                nodes.add(shared.masterOf("each" + i).port());
            }
            assertThat(nodes).hasSize(3);

            var calls = IntStream.range(0, 30)
                    .mapToObj(i -> ScriptCall.of(LinkProbe.COUNT).key("each" + i))
                    .toList();
            assertThat(probe.link.runAll(calls, probe.deadline()))
                    .extracting(reply -> probe.await(reply).map(ScriptReply::values))
                    .containsOnly(new Answered<>(List.<Object>of("n", 2L)));
        }
    }

    @Test
    void sendsABatchFirst() {
        try (var probe = probe(shared)) {
            var calls = IntStream.range(0, 30)
                    .mapToObj(i -> ScriptCall.of(LinkProbe.COUNT).key("batch" + i))
                    .toList();
            assertThat(probe.link.runAll(calls, probe.deadline()))
                    .extracting(reply -> probe.await(reply).map(ScriptReply::values))
                    .containsOnly(new Answered<>(List.<Object>of("n", 1L)));
        }
    }

    @Test
    void followsASlotThatMoves() {
        try (var probe = probe(shared)) {
            probe.count("other");
            var from = shared.masterOf("moved");
            var to = shared.masters().stream()
                    .filter(node -> node.port() != from.port())
                    .findFirst()
                    .orElseThrow();
            shared.moveSlot(shared.slotOf("moved"), to);
            assertThat(probe.count("moved")).isEqualTo(new Answered<>(List.<Object>of("n", 1L)));
        }
    }

    @Test
    void rejectsAScriptWithKeysInSeveralSlots() {
        try (var probe = probe(shared)) {
            var call = ScriptCall.of(LinkProbe.COUNT).key("a").key("b");
            assertThat(probe.await(probe.link.run(call, probe.deadline()))).isEqualTo(new Refused<>("CROSSSLOT"));
            assertThat(probe.link.isClustered()).isTrue();
        }
    }

    @Test
    void aStandaloneLinkDetectsThatSlotsMatter() {
        try (var probe = LinkProbe.patient(shared.masters().getFirst().url())) {
            assertThat(probe.link.isClustered()).isFalse();
            var call = ScriptCall.of(LinkProbe.COUNT).key("a").key("b");
            probe.await(probe.link.run(call, probe.deadline()));
            assertThat(probe.link.isClustered()).isTrue();
        }
    }

    @Test
    void aDeadNodeFailsItsSlotsOnlyAndItsReplicaTakesOver() {
        try (var cluster = RedisCluster.startWithReplicas();
                var probe = probe(cluster)) {
            var keys = IntStream.range(0, 30).mapToObj(i -> "k" + i).toList();
            keys.forEach(probe::count);
            var dead = cluster.masterOf("k0");
            var alive = keys.stream()
                    .filter(key -> cluster.masterOf(key).port() != dead.port())
                    .toList();
            dead.kill();

            for (var key : alive) {
                assertThat(probe.count(key)).isInstanceOf(Answered.class);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> probe.count("k0") instanceof Answered);
        }
    }

    @Test
    void aDeadNodeIsOneOutageWhileTheOtherNodesReply() {
        try (var cluster = RedisCluster.start();
                var probe = probe(cluster)) {
            var keys = IntStream.range(0, 30).mapToObj(i -> "k" + i).toList();
            keys.forEach(probe::count);
            var dead = cluster.masterOf("k0");
            var alive = keys.stream()
                    .filter(key -> cluster.masterOf(key).port() != dead.port())
                    .findFirst()
                    .orElseThrow();
            dead.kill();
            for (var i = 0; i < 50; i++) {
                probe.count("k0");
                probe.count(alive);
            }
            assertThat(probe.lost).hasSize(1);
            assertThat(probe.regained).isEmpty();

            dead.restart();
            cluster.awaitOk();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                probe.count("k0");
                return !probe.regained.isEmpty();
            });
            assertThat(probe.lost).hasSize(1);
        }
    }

    @Test
    void reconnectsToAClusterThatRestarts() {
        try (var cluster = RedisCluster.start();
                var probe = probe(cluster)) {
            probe.count("k");
            cluster.masters().forEach(node -> node.kill());
            await().until(() -> {
                probe.count("k");
                return probe.link.circuitState() == CircuitState.OPEN;
            });
            cluster.masters().forEach(node -> node.restart());
            cluster.awaitOk();
            await().atMost(Duration.ofSeconds(20)).until(() -> probe.count("k") instanceof Answered);
            for (var i = 0; i < 30; i++) {
                var key = "k" + i;
                await().atMost(Duration.ofSeconds(20)).until(() -> probe.count(key) instanceof Answered);
            }
        }
    }
}
