// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.SentinelRig;
import dev.gatehouse.testkit.tls.Certificates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lookup of the master at each opening, with faults between the link and the Sentinels. */
@Timeout(120)
class SentinelLookupTest {

    private static SentinelRig rig;
    private static Certificates certificates;

    private final List<FaultProxy> wires = new ArrayList<>();

    @BeforeAll
    static void start() {
        rig = SentinelRig.start();
        certificates = Certificates.create();
        LinkProbe.warmUp(master());
    }

    @AfterAll
    static void stop() {
        rig.close();
        certificates.close();
    }

    @BeforeEach
    void connect() {
        master().cli("FLUSHALL");
        rig.sentinels()
                .forEach(sentinel -> wires.add(FaultProxy.inFrontOf(sentinel)
                        .affecting(words -> words.getFirst().equalsIgnoreCase("SENTINEL"))));
    }

    @AfterEach
    void disconnect() {
        wires.forEach(FaultProxy::close);
    }

    private static RedisProcess master() {
        return rig.servers().getFirst();
    }

    private static RedisProcess replica() {
        return rig.servers().getLast();
    }

    private String addresses() {
        return wires.stream().map(wire -> wire.host() + ":" + wire.port()).collect(Collectors.joining(","));
    }

    /** Returns a link by way of the wires, with timeouts that a busy machine keeps. */
    private LinkProbe probe(String... namesAndValues) {
        var environment = new HashMap<>(Map.of("REDIS_SENTINEL_NODES", addresses()));
        environment.put("REDIS_SENTINEL_MASTER", SentinelRig.MASTER);
        return SentinelProbes.patient(environment, namesAndValues);
    }

    private void report(FaultProxy wire, RedisProcess server) {
        var port = Integer.toString(server.port());
        wire.inject("*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%s".formatted(port.length(), port));
    }

    private static void isDecidedByTheMaster(LinkProbe probe) {
        assertThat(probe.count("k")).isEqualTo(new Answered<>(List.<Object>of("n", 1L)));
        assertThat(master().cli("GET", "k")).isEqualTo("1");
    }

    /** Returns the reason for which nothing was sent. */
    private static String rejected(LinkProbe probe) {
        assertThat(probe.count("k")).isEqualTo(new NotSent<>(FailureReason.NOT_CONNECTED));
        return probe.lost.getLast();
    }

    @Test
    void findsTheMasterAndClosesTheConnectionsToTheSentinels() {
        try (var probe = probe()) {
            isDecidedByTheMaster(probe);
            await().until(() -> wires.stream()
                    .allMatch(wire -> wire.traffic().connectionsAccepted() > 0
                            && wire.traffic().openConnections() == 0));
        }
    }

    @Test
    void doesNotWaitForASentinelThatDropsPackets() {
        wires.getFirst().ignoreConnects();
        try (var probe = probe("REDIS_CONNECTION_TIMEOUT", "60000")) {
            isDecidedByTheMaster(probe);
        }
        // One that accepts connections and is silent.
        wires.getFirst().pass();
        wires.getFirst().blackHole();
        try (var probe = probe("REDIS_CONNECTION_TIMEOUT", "60000")) {
            assertThat(probe.count("other")).isInstanceOf(Answered.class);
        }
    }

    @Test
    void oneSentinelSuffices() {
        wires.get(0).refuse();
        wires.get(1).ignoreConnects();
        try (var probe = probe("REDIS_CONNECTION_TIMEOUT", "1000")) {
            isDecidedByTheMaster(probe);
        }
    }

    @Test
    void aSentinelThatReportsTheOldMasterIsOutvoted() {
        try (var old = RedisProcess.start()) {
            report(wires.getFirst(), old);
            for (var i = 1; i <= 5; i++) {
                try (var probe = probe()) {
                    assertThat(probe.count("k")).isEqualTo(new Answered<>(List.<Object>of("n", (long) i)));
                }
            }
            assertThat(old.cli("EXISTS", "k")).isEqualTo(0L);
        }
    }

    @Test
    void skipsAnAddressThatIsAReplica() {
        report(wires.get(0), replica());
        report(wires.get(1), replica());
        try (var probe = probe()) {
            isDecidedByTheMaster(probe);
        }
    }

    @Test
    void namesEachReplyIfNoAddressIsAMaster() {
        wires.forEach(wire -> report(wire, replica()));
        try (var probe = probe()) {
            assertThat(rejected(probe))
                    .startsWith("there is no master: ")
                    .contains(addressOf(wires.getFirst()) + " reports 127.0.0.1:"
                            + replica().port())
                    .endsWith("127.0.0.1:" + replica().port() + ": it is a replica");
            wires.forEach(FaultProxy::pass);
            await().until(() -> probe.count("k") instanceof Answered);
        }
    }

    @Test
    void namesEachSentinelIfAllAreGone() {
        wires.get(0).refuse();
        wires.get(1).ignoreConnects();
        wires.get(2).blackHole();
        try (var probe = probe("REDIS_CONNECTION_TIMEOUT", "1000")) {
            assertThat(rejected(probe))
                    .isEqualTo("there is no master: %s: the connection was refused; %s: %s; %s: %3$s"
                            .formatted(
                                    addressOf(wires.get(0)),
                                    addressOf(wires.get(1)),
                                    "no reply within the connection timeout",
                                    addressOf(wires.get(2))));
            wires.forEach(FaultProxy::pass);
            await().until(() -> probe.count("k") instanceof Answered);
        }
    }

    @Test
    void keepsItsConnectionWhileAllSentinelsAreGone() {
        try (var probe = probe()) {
            isDecidedByTheMaster(probe);
            wires.forEach(FaultProxy::refuse);
            assertThat(probe.count("k")).isEqualTo(new Answered<>(List.<Object>of("n", 2L)));
        }
    }

    @Test
    void rejectsAnUnknownNameOfTheMaster() {
        try (var probe = probe("REDIS_SENTINEL_MASTER", "other")) {
            assertThat(rejected(probe)).contains(addressOf(wires.getFirst()) + ": it monitors no master other");
        }
    }

    @Test
    void rejectsARedisThatIsNoSentinel() {
        try (var probe = SentinelProbes.patient(
                Map.of("REDIS_SENTINEL_NODES", "127.0.0.1:" + master().port(), "REDIS_SENTINEL_MASTER", "gatehouse"))) {
            assertThat(rejected(probe)).endsWith(master().port() + ": it is not a Sentinel");
        }
    }

    @Test
    void authenticatesWithTheSentinels() {
        try (var redis = RedisProcess.setup().password("s3cret-data").start();
                var sentinel = SentinelRig.monitoring(redis, 1)
                        .config("sentinel auth-pass gatehouse s3cret-data")
                        .password("s3cret-sentinel")
                        .start()) {
            var url = "redis-sentinel://:s3cret-data@127.0.0.1:%d#gatehouse".formatted(sentinel.port());
            var environment = Map.of("REDIS_URL", url);
            try (var probe = SentinelProbes.patient(environment, "REDIS_SENTINEL_PASSWORD", "s3cret-sentinel")) {
                assertThat(probe.count("k")).isInstanceOf(Answered.class);
            }
            try (var probe = SentinelProbes.patient(environment, "REDIS_SENTINEL_PASSWORD", "s3cret-wrong")) {
                assertThat(rejected(probe))
                        .isEqualTo("there is no master: 127.0.0.1:%d: the user or password is wrong"
                                .formatted(sentinel.port()));
            }
            try (var probe = SentinelProbes.patient(environment)) {
                assertThat(rejected(probe)).endsWith("it requires a password and none is set");
            }
            var wrong = Map.of("REDIS_URL", url.replace("s3cret-data", "s3cret-wrong"));
            try (var probe = SentinelProbes.patient(wrong, "REDIS_SENTINEL_PASSWORD", "s3cret-sentinel")) {
                assertThat(rejected(probe))
                        .endsWith("127.0.0.1:%d: the user or password is wrong".formatted(redis.port()))
                        .doesNotContain("s3cret");
                assertThat(probe.link.failure()).extracting("code").isEqualTo("WRONGPASS");
            }
        }
    }

    @Test
    void usesTlsWithRedisOnly() {
        var server = certificates.localhost();
        try (var redis = RedisProcess.setup().tls(server).start();
                var sentinel = SentinelRig.monitoring(redis, 1)
                        .config("tls-replication yes")
                        .config("tls-cert-file " + server.certificate())
                        .config("tls-key-file " + server.key())
                        .config("tls-ca-cert-file " + server.ca())
                        .start()) {
            var environment = Map.of(
                    "REDIS_SENTINEL_NODES",
                    "127.0.0.1:" + sentinel.port(),
                    "REDIS_SENTINEL_MASTER",
                    "gatehouse",
                    "REDIS_SSL",
                    "true",
                    "REDIS_CA_FILE",
                    certificates.ca().toString());
            try (var probe = SentinelProbes.patient(environment, "REDIS_SENTINEL_SSL", "false")) {
                assertThat(probe.count("k")).isInstanceOf(Answered.class);
            }
            try (var probe = SentinelProbes.patient(environment, "REDIS_TLS_TIMEOUT", "1000")) {
                assertThat(rejected(probe))
                        .endsWith(sentinel.port() + ": no reply to the TLS handshake: does it speak TLS on this port?");
            }
        }
    }

    @Test
    void usesTlsWithTheSentinelsOnly() {
        try (var redis = RedisProcess.start();
                var sentinel = SentinelRig.monitoring(redis, 1)
                        .tls(certificates.localhost())
                        .start()) {
            var environment = Map.of(
                    "REDIS_SENTINEL_NODES", "127.0.0.1:" + sentinel.port(), "REDIS_SENTINEL_MASTER", "gatehouse");
            try (var probe = SentinelProbes.patient(
                    environment,
                    "REDIS_SENTINEL_SSL",
                    "true",
                    "REDIS_CA_FILE",
                    certificates.ca().toString())) {
                assertThat(probe.count("k")).isInstanceOf(Answered.class);
            }
            try (var probe = SentinelProbes.patient(environment)) {
                assertThat(rejected(probe))
                        .endsWith(sentinel.port() + ": it closed the connection during the handshake");
            }
        }
    }

    @Test
    void closesInOrderWhileASentinelIsSilent() {
        wires.getFirst().blackHole();
        try (var log = LogCapture.record()) {
            for (var i = 0; i < 5; i++) {
                try (var probe = probe()) {
                    assertThat(probe.count("closing" + i)).isInstanceOf(Answered.class);
                }
            }
            assertThat(log.text()).doesNotContain("event executor terminated", "Event loop shut down");
        }
    }

    @Test
    void opensAgainAfterTheConnectionWasCut() {
        try (var probe = probe()) {
            isDecidedByTheMaster(probe);
            master().cli("CLIENT", "KILL", "TYPE", "normal");
            await().until(() -> probe.count("k") instanceof Reply.Answered);
            assertThat(master().clients())
                    .filteredOn(line -> line.contains("name=gatehouse"))
                    .hasSize(1);
        }
    }

    private static String addressOf(FaultProxy wire) {
        return wire.host() + ":" + wire.port();
    }
}
