// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.RedisProbe;
import dev.gatehouse.redis.health.Warning;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.SentinelRig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Sentinels in the health of Redis. */
class SentinelHealthTest {

    private static SentinelRig rig;

    private final List<FaultProxy> wires = new ArrayList<>();
    private LinkProbe probe;

    @BeforeAll
    static void start() {
        rig = SentinelRig.start();
        LinkProbe.warmUp(rig.servers().getFirst());
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @BeforeEach
    void connect() {
        rig.sentinels()
                .forEach(sentinel -> wires.add(FaultProxy.inFrontOf(sentinel)
                        .affecting(words -> words.getFirst().equalsIgnoreCase("SENTINEL"))));
        probe = SentinelProbes.patient(Map.of(
                "REDIS_SENTINEL_NODES",
                wires.stream().map(wire -> node(wire).toString()).collect(Collectors.joining(",")),
                "REDIS_SENTINEL_MASTER",
                SentinelRig.MASTER));
    }

    @AfterEach
    void disconnect() {
        probe.close();
        wires.forEach(FaultProxy::close);
    }

    private static Node node(FaultProxy wire) {
        return new Node(wire.host(), wire.port());
    }

    private static Node master() {
        var master = rig.servers().getFirst();
        return new Node(master.host(), master.port());
    }

    private RedisHealth check() {
        var deadline = Deadline.in(Duration.ofSeconds(50));
        return LinkProbe.join(new RedisProbe(probe.link).check(HealthCheck.OPERATIONS, deadline));
    }

    private static SentinelReport sentinels(RedisHealth health) {
        return switch (health) {
            case Connected connected -> connected.sentinels();
            case Disconnected disconnected -> disconnected.sentinels();
            case RedisHealth.Absent _ -> null;
        };
    }

    @Test
    void reportsThatAllSentinelsAgree() {
        var health = check();
        assertThat(health.status()).isEqualTo("healthy");
        assertThat(sentinels(health))
                .isEqualTo(new SentinelReport(
                        SentinelRig.MASTER,
                        wires.stream()
                                .map(wire -> SentinelReply.of(node(wire), master()))
                                .toList()));
        assertThat(sentinels(health).agree()).isTrue();
    }

    @Test
    void warnsOfASentinelWithoutAReply() {
        wires.getFirst().refuse();
        var health = check();
        assertThat(health.status()).isEqualTo("degraded");
        assertThat(health.warnings())
                .extracting(Warning::type, Warning::what)
                .containsExactly(tuple(
                        Warning.Type.SENTINELS_SILENT,
                        "Of the Sentinels, 1 of 3 report no master: " + node(wires.getFirst())
                                + ": the connection was refused."));
        assertThat(health.isServing()).isTrue();
        assertThat(sentinels(health).agree()).isTrue();
    }

    @Test
    void warnsOfSentinelsThatDisagree() {
        var replica = rig.servers().getLast();
        var port = Integer.toString(replica.port());
        wires.getFirst().inject("*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%s".formatted(port.length(), port));
        var health = check();
        assertThat(health.warnings()).extracting(Warning::type).containsExactly(Warning.Type.SENTINELS_DISAGREE);
        assertThat(health.warnings().getFirst().what())
                .contains(node(wires.getFirst()) + " reports 127.0.0.1:" + port)
                .contains(node(wires.getLast()) + " reports " + master());
        assertThat(sentinels(health).agree()).isFalse();
    }

    @Test
    void reportsTheSentinelsOfAMissingMaster() {
        wires.forEach(FaultProxy::refuse);
        var health = check();
        assertThat(health).isInstanceOf(Disconnected.class);
        assertThat(((Disconnected) health).error()).startsWith("there is no master: ");
        assertThat(sentinels(health).failures()).hasSize(3);
        assertThat(health.warnings()).extracting(Warning::type).containsExactly(Warning.Type.SENTINELS_SILENT);
    }

    @Test
    void aCheckOfOneScriptQueriesNoSentinel() {
        assertThat(probe.count("k")).isInstanceOf(Answered.class);
        var before = wires.getFirst().traffic().connectionsAccepted();
        LinkProbe.join(new RedisProbe(probe.link).checkScript(probe.deadline()));
        assertThat(wires.getFirst().traffic().connectionsAccepted()).isEqualTo(before);
    }
}
