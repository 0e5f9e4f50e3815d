// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.OutageListener;
import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.Warning.Type;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.RespConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Health checks of healthy and faulty servers. */
@ConcurrentTests
class RedisProbeTest {

    private static String url(FaultProxy wire) {
        return "redis://" + wire.host() + ":" + wire.port();
    }

    @Test
    void aHealthyRedisKeepsNoKeyOfTheCheck() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            var health = (Connected) probed.check();

            assertThat(health.status()).isEqualTo("healthy");
            assertThat(health.results()).extracting(CheckResult::check).isEqualTo(HealthCheck.OPERATIONS);
            assertThat(health.results()).allMatch(CheckResult::passed);
            assertThat(health.server().version().value()).isEqualTo(redis.version());
            assertThat(health.server().mode().value()).isEqualTo("standalone");
            assertThat(health.server().role().value()).isEqualTo("master");
            assertThat(health.server().maxClients().value()).isPositive();
            assertThat(redis.cli("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void checksShareOneConnection() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            for (var i = 0; i < 5; i++) {
                assertThat(probed.check().isServing()).isTrue();
            }

            assertThat(redis.clients()).hasSize(1);
            assertThat(redis.info("stats", "rejected_connections")).isEqualTo("0");
        }
    }

    @Test
    void everyCheckPassesOnAHealthyRedis() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            var results = probed.tryAll(Arrays.asList(
                    HealthCheck.PING,
                    HealthCheck.SET,
                    HealthCheck.GET,
                    HealthCheck.DELETE,
                    HealthCheck.SCRIPT,
                    HealthCheck.STRING,
                    HealthCheck.TIME,
                    HealthCheck.HASH,
                    HealthCheck.LIST,
                    HealthCheck.SORTED_SET,
                    HealthCheck.STREAM,
                    HealthCheck.EXPIRY,
                    HealthCheck.RECONNECTION));

            assertThat(results).hasSize(HealthCheck.values().length).allMatch(CheckResult::passed);
            assertThat(redis.cli("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void keysOfAnAbandonedCheckExpire() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            probed.tryAll(List.of(HealthCheck.SET));

            var key = (String) ((List<?>) redis.cli("KEYS", "gh:{_probe:*}:set")).getFirst();
            assertThat((Long) redis.cli("PTTL", key)).isBetween(1L, 10_000L);
        }
    }

    @Test
    void aReplicaRepliesAndDoesNotServe() {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start();
                var probed = ProbedRedis.at(replica.url())) {
            var health = (Connected) probed.check();

            assertThat(health.status()).isEqualTo("degraded");
            assertThat(health.isServing()).isFalse();
            assertThat(health.results())
                    .containsExactly(new CheckResult(HealthCheck.SCRIPT, new Refused<>("READONLY")));
            assertThat(health.warnings()).containsExactly(Warning.of(Type.REPLICA_ASKED_TO_WRITE));
            assertThat(health.server().role().value()).isEqualTo("replica");
            assertThat(health.server().replicaText("master_link_status").value())
                    .isEqualTo("up");
        }
    }

    @Test
    void warnsOfAReplicaWhileTheCircuitIsOpen() {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start();
                var probed = ProbedRedis.at(replica.url())) {
            var isOpen = false;
            for (var i = 0; i < 200 && !isOpen; i++) {
                var health = probed.check();
                isOpen = probed.link.circuitState() == CircuitState.OPEN;
                assertThat(health).isInstanceOf(Connected.class);
                assertThat(health.warnings()).contains(Warning.of(Type.REPLICA_ASKED_TO_WRITE));
            }
            assertThat(isOpen).isTrue();

            var health = (Connected) probed.check();

            assertThat(health.status()).isEqualTo("degraded");
            assertThat(health.warnings()).contains(Warning.of(Type.REPLICA_ASKED_TO_WRITE));
        }
    }

    @Test
    void warnsOfAFullMemory() {
        try (var redis = RedisProcess.setup().maxMemory("100kb").start();
                var probed = ProbedRedis.at(redis.url())) {
            var health = probed.check();

            assertThat(health.status()).isEqualTo("degraded");
            assertThat(health.isServing()).isFalse();
            assertThat(health.warnings())
                    .contains(Warning.of(Type.MEMORY_FULL))
                    .extracting(Warning::type)
                    .contains(Type.MEMORY_NEAR_LIMIT);
        }
    }

    @Test
    void warnsOfAMemoryNearItsLimit() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            // Large, so that the memory of a connection does not matter.
            redis.cli("SET", "filling", "x".repeat(20_000_000), "EX", "100");
            assertThat(probed.check().warnings()).isEmpty();
            var used = Long.parseLong(redis.info("memory", "used_memory"));

            redis.cli("CONFIG", "SET", "maxmemory", Long.toString(used * 100 / 85));

            var health = probed.check();
            assertThat(health.isServing()).isTrue();
            assertThat(health.status()).isEqualTo("degraded");
            assertThat(health.warnings()).extracting(Warning::type).containsExactly(Type.MEMORY_NEAR_LIMIT);
        }
    }

    @Test
    void anUnreachableRedisIsDisconnected() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            redis.stop();

            assertThat(probed.check()).isEqualTo(new Disconnected("the connection was refused", List.of()));
            assertThat(probed.checkScript().isServing()).isFalse();

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> probed.check() instanceof Disconnected gone
                            && gone.error()
                                    .equals("the connection was refused; the next attempt follows within two seconds"));
            redis.restart();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> probed.check().status().equals("healthy"));
        }
    }

    @Test
    void warnsOfAWrongPasswordWithoutShowingIt() {
        try (var redis = RedisProcess.setup().password("s3cret-right").start();
                var probed = ProbedRedis.at("redis://:s3cret-wrong@127.0.0.1:" + redis.port())) {
            var health = probed.check();

            assertThat(health)
                    .isEqualTo(new Disconnected(
                            "the user or password is wrong",
                            List.of(Warning.of(Type.WRONG_PASSWORD, "the user or password is wrong"))));
            assertThat(health.toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void warnsOfAMissingPassword() {
        try (var redis = RedisProcess.setup().password("s3cret").start();
                var probed = ProbedRedis.at("redis://127.0.0.1:" + redis.port())) {
            assertThat(probed.check().warnings()).extracting(Warning::type).containsExactly(Type.WRONG_PASSWORD);
        }
    }

    @Test
    void warnsOfSlowReplies() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probed = ProbedRedis.at(url(wire), "REDIS_COMMAND_TIMEOUT", "2000")) {
            probed.check();
            wire.delay(Duration.ofMillis(550));

            // A busy machine may make one of the answers too late.
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                var health = probed.check();
                assertThat(health.status()).isEqualTo("degraded");
                assertThat(health.warnings()).extracting(Warning::type).containsExactly(Type.SLOW_ANSWERS);
                assertThat(((Connected) health).results())
                        .allSatisfy(result -> assertThat(((Answered<Duration>) result.reply()).value())
                                .isGreaterThan(Duration.ofSeconds(1)));
            });
        }
    }

    @Test
    void aSilentRedisIsDisconnectedByTheDeadline() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probed = ProbedRedis.at(url(wire), "REDIS_COMMAND_TIMEOUT", "300")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> probed.check().isServing());
            wire.blackHole();

            assertThat(probed.check()).isEqualTo(new Disconnected("no reply within the deadline", List.of()));
        }
    }

    @Test
    void aCheckReplacesAClosedConnection() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probed = ProbedRedis.at(url(wire))) {
            probed.check();
            wire.halfClose();

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> probed.check().status().equals("healthy"));
            assertThat(wire.traffic().connectionsAccepted()).isEqualTo(2);
        }
    }

    @Test
    void withholdsInfoThatTheUserMayNotReadAndStaysHealthy() {
        var setup = RedisProcess.setup()
                .user("app", "s3cret", "~gh:* +@read +@write +@scripting +@connection -info -slowlog -time");
        try (var redis = setup.start();
                var probed = ProbedRedis.at("redis://app:s3cret@127.0.0.1:" + redis.port())) {
            List<String> lost = new CopyOnWriteArrayList<>();
            probed.link.addOutageListener(new Losses(lost, new ArrayList<>()));
            for (var i = 0; i < 5; i++) {
                var health = (Connected) probed.check();

                assertThat(health.status()).isEqualTo("healthy");
                assertThat(health.server().version()).isEqualTo(new Reported<>(null, "the user may not run INFO"));
                assertThat(health.server().hitRate().reason()).isEqualTo("the user may not run INFO");
                assertThat(health.server().slowLogLength())
                        .isEqualTo(new Reported<>(null, "the user may not run SLOWLOG"));
                assertThat(health.server().clockAhead().reason()).isEqualTo("the user may not run TIME");
            }
            assertThat(lost).isEmpty();
            assertThat(probed.link.circuitState()).isEqualTo(CircuitState.CLOSED);
        }
    }

    /** Health depends on what the functions run, also after Redis has stored the scripts. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-@scripting",
                "-eval",
                "-evalsha",
                "-@string",
                "-@hash",
                "-@sortedset",
                "-@stream",
                "-@keyspace",
                "-@read",
                "-@write",
                "resetkeys ~other:*"
            })
    void aUserWithoutARightIsNotServedAndThisIsOneOutage(String restriction) {
        try (var redis = RedisProcess.setup()
                        .user("app", "s3cret", "~gh:* +@all")
                        .start();
                var probed = ProbedRedis.at("redis://app:s3cret@127.0.0.1:" + redis.port())) {
            List<String> lost = new CopyOnWriteArrayList<>();
            List<Duration> regained = new CopyOnWriteArrayList<>();
            probed.link.addOutageListener(new Losses(lost, regained));
            assertThat(probed.checkScript().isServing()).isTrue();
            change(redis, restriction);
            var until = Deadline.in(Duration.ofMillis(400));
            do {
                for (var health : List.of(probed.check(), probed.checkScript())) {
                    assertThat(health.status()).isEqualTo("degraded");
                    assertThat(health.isServing()).isFalse();
                    assertThat(health.warnings()).containsExactly(Warning.refusing(HealthCheck.SCRIPT, "NOPERM"));
                }
                probed.tryAll(HealthCheck.OPERATIONS);
                ProbedRedis.await(probed.link.ping(ProbedRedis.far()));
            } while (!until.isSpent());
            assertThat(lost).containsExactly("it replies with NOPERM");
            assertThat(regained).isEmpty();

            change(redis, "resetkeys ~gh:* +@all");

            await().atMost(Duration.ofSeconds(20)).until(() -> {
                assertThat(probed.checkScript().isServing()).isTrue();
                return !regained.isEmpty();
            });
            assertThat(probed.check().status()).isEqualTo("healthy");
            assertThat(lost).hasSize(1);
            assertThat(regained).hasSize(1);
        }
    }

    private static void change(RedisProcess redis, String rights) {
        redis.cli(("ACL SETUSER app " + rights).split(" "));
    }

    @Test
    void thePermissionsOfTheAdviceSuffice() {
        var advice = Warning.refusing(HealthCheck.SET, "NOPERM").advice();
        var rights = advice.substring(advice.indexOf('~'), advice.length() - 1);
        try (var redis = RedisProcess.setup().user("app", "s3cret", rights).start();
                var probed = ProbedRedis.at("redis://app:s3cret@127.0.0.1:" + redis.port())) {
            var health = (Connected) probed.check();

            assertThat(health.status()).isEqualTo("healthy");
            assertThat(health.server().version().value()).isNotNull();
            assertThat(health.server().slowLogLength().value()).isNotNull();
            assertThat(health.server().clockAhead().value()).isNotNull();
            assertThat(probed.tryAll(HealthCheck.DEEP)).allMatch(CheckResult::passed);
            assertThat(probed.tryAll(List.of(HealthCheck.TIME))).allMatch(CheckResult::passed);
        }
    }

    @Test
    void aCheckDoesNotEndAnOutageOfWrites() {
        try (var redis = RedisProcess.setup().maxMemory("100kb").start();
                var probed = ProbedRedis.at(redis.url())) {
            List<Duration> regained = new CopyOnWriteArrayList<>();
            probed.link.addOutageListener(new Losses(new ArrayList<>(), regained));
            probed.checkScript();

            assertThat(probed.serverInfo().version().value()).isNotNull();

            assertThat(regained).isEmpty();
            assertThat(probed.link.failure()).isNotNull();
        }
    }

    @Test
    void warnsOfAnEvictionPolicyThatDropsClaims() {
        try (var redis = RedisProcess.setup()
                        .config("maxmemory-policy allkeys-lru")
                        .start();
                var probed = ProbedRedis.at(redis.url())) {
            assertThat(probed.check().warnings())
                    .containsExactly(Warning.of(Type.EVICTION_CAN_DROP_CLAIMS, "allkeys-lru"));

            redis.cli("CONFIG", "SET", "maxmemory-policy", "volatile-ttl");

            assertThat(probed.check().warnings()).isEmpty();
        }
    }

    @Test
    void warnsOfClientsNearTheirLimit() {
        List<RespConnection> others = new ArrayList<>();
        try (var redis = RedisProcess.setup().config("maxclients 20").start();
                var probed = ProbedRedis.at(redis.url())) {
            assertThat(probed.check().warnings()).isEmpty();
            for (var i = 0; i < 15; i++) {
                others.add(redis.connect());
            }

            assertThat(probed.check().warnings()).containsExactly(Warning.of(Type.CLIENTS_NEAR_LIMIT, 16, 20));

            others.forEach(RespConnection::close);
            others.clear();
        } finally {
            others.forEach(RespConnection::close);
        }
    }

    @Test
    void warnsOfAGrowingSlowLog() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            assertThat(probed.check().warnings()).isEmpty();
            redis.cli("CONFIG", "SET", "slowlog-log-slower-than", "0");
            redis.cli("SET", "k", "v", "EX", "100");
            redis.cli("CONFIG", "SET", "slowlog-log-slower-than", "-1");

            assertThat(probed.check().warnings()).extracting(Warning::type).containsExactly(Type.SLOW_LOG_GROWING);
        }
    }

    @Test
    void warnsOfAClockThatIsBehind() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probed = ProbedRedis.at(url(wire))) {
            var behind = Long.toString(Instant.now().getEpochSecond() - 100);
            wire.affecting(words -> words.getFirst().equalsIgnoreCase("TIME"))
                    .inject("*2\r\n$" + behind.length() + "\r\n" + behind + "\r\n$1\r\n0");

            var warnings = probed.check().warnings();

            assertThat(warnings).extracting(Warning::type).containsExactly(Type.CLOCKS_APART);
            assertThat(warnings.getFirst().what()).containsPattern("1[0-9]{2}\\.[0-9] s behind this machine");
        }
    }

    @Test
    void warnsOfAClusterNodeUsedAsStandalone() {
        try (var cluster = RedisCluster.start()) {
            try (var alone = ProbedRedis.at(cluster.masters().getFirst().url())) {
                assertThat(alone.check().warnings()).containsOnlyOnce(Warning.of(Type.CLUSTER_WITHOUT_CLUSTER_MODE));
            }
            try (var asCluster = ProbedRedis.at(cluster.masters().getFirst().url(), "REDIS_CLUSTER_MODE", "true")) {
                var health = (Connected) asCluster.check();
                assertThat(health.status()).isEqualTo("healthy");
                assertThat(health.server().mode().value()).isEqualTo("cluster");
            }
        }
    }

    @Test
    void sendsNothingWithoutTimeLeft() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            var health = ProbedRedis.await(probed.probe.check(HealthCheck.OPERATIONS, Deadline.in(Duration.ZERO)));

            assertThat(health).isEqualTo(new Disconnected("no reply within the deadline", List.of()));
            assertThat(redis.clients()).isEmpty();
        }
    }

    private record Losses(List<String> lost, List<Duration> regained) implements OutageListener {

        @Override
        public void lost(String reason) {
            lost.add(reason);
        }

        @Override
        public void regained(Duration outage) {
            regained.add(outage);
        }
    }
}
