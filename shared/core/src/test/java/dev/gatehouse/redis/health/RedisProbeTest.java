package dev.gatehouse.redis.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.OutageListener;
import dev.gatehouse.redis.health.CheckResult.Passed;
import dev.gatehouse.redis.health.CheckResult.Refused;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.Warning.ClientsNearLimit;
import dev.gatehouse.redis.health.Warning.ClocksApart;
import dev.gatehouse.redis.health.Warning.ClusterWithoutClusterMode;
import dev.gatehouse.redis.health.Warning.EvictionCanDropClaims;
import dev.gatehouse.redis.health.Warning.MemoryFull;
import dev.gatehouse.redis.health.Warning.MemoryNearLimit;
import dev.gatehouse.redis.health.Warning.ReplicaAskedToWrite;
import dev.gatehouse.redis.health.Warning.SlowAnswers;
import dev.gatehouse.redis.health.Warning.SlowLogGrowing;
import dev.gatehouse.redis.health.Warning.WrongPassword;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisConnection;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a look finds in real servers, well and ill. */
class RedisProbeTest {

    private static String url(FaultProxy wire) {
        return "redis://" + wire.host() + ":" + wire.port();
    }

    @Test
    void aWellRedisIsHealthyAndNothingIsLeftBehind() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            var health = (Connected) probed.look();

            assertThat(health.status()).isEqualTo("healthy");
            assertThat(health.findings()).extracting(CheckResult::trial).isEqualTo(HealthCheck.OPERATIONS);
            assertThat(health.findings()).allMatch(CheckResult::passed);
            assertThat(health.facts().version().value()).isEqualTo(redis.info("server", "redis_version"));
            assertThat(health.facts().mode().value()).isEqualTo("standalone");
            assertThat(health.facts().role().value()).isEqualTo("master");
            assertThat(health.facts().maxClients().value()).isPositive();
            assertThat(redis.cli("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void manyLooksShareOneConnection() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            for (var i = 0; i < 5; i++) {
                assertThat(probed.look().serves()).isTrue();
            }

            assertThat(redis.clients()).hasSize(1);
            assertThat(redis.info("stats", "rejected_connections")).isEqualTo("0");
        }
    }

    @Test
    void everyTrialPassesOnAWellRedis() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            var findings = probed.tryAll(Arrays.asList(
                    HealthCheck.PING,
                    HealthCheck.SET,
                    HealthCheck.GET,
                    HealthCheck.DELETE,
                    HealthCheck.SCRIPT,
                    HealthCheck.TIME,
                    HealthCheck.HASH,
                    HealthCheck.LIST,
                    HealthCheck.SORTED_SET,
                    HealthCheck.EXPIRY));

            assertThat(findings).hasSize(HealthCheck.values().length).allMatch(CheckResult::passed);
            assertThat(redis.cli("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void whatIsSetExpiresByItself() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            assertThat(probed.glance().serves()).isTrue();

            var key = (String) ((List<?>) redis.cli("KEYS", "gh:{_probe:*}:set")).getFirst();
            assertThat((Long) redis.cli("PTTL", key)).isBetween(1L, 10_000L);
        }
    }

    @Test
    void aReplicaAnswersAndDoesNotServe() {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start();
                var probed = ProbedRedis.at(replica.url())) {
            var health = (Connected) probed.look();

            assertThat(health.status()).isEqualTo("degraded");
            assertThat(health.serves()).isFalse();
            assertThat(health.findings()).containsExactly(new Refused(HealthCheck.SET, "READONLY"));
            assertThat(health.signs()).containsExactly(new ReplicaAskedToWrite());
            assertThat(health.facts().role().value()).isEqualTo("replica");
            assertThat(health.facts().masterLink().value()).isEqualTo("up");
        }
    }

    @Test
    void whileTheCircuitIsOpenAReplicaIsStillKnownToBeOne() {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start();
                var probed = ProbedRedis.at(replica.url())) {
            var seenOpen = false;
            for (var i = 0; i < 200 && !seenOpen; i++) {
                var health = probed.look();
                seenOpen = probed.link.circuitState().equals("open");
                assertThat(health).isInstanceOf(Connected.class);
                assertThat(health.signs()).contains(new ReplicaAskedToWrite());
            }
            assertThat(seenOpen).isTrue();

            var health = (Connected) probed.look();

            assertThat(health.status()).isEqualTo("degraded");
            assertThat(health.signs()).contains(new ReplicaAskedToWrite());
        }
    }

    @Test
    void aFullMemoryIsNamed() {
        try (var redis = RedisProcess.setup().maxMemory("100kb").start();
                var probed = ProbedRedis.at(redis.url())) {
            var health = probed.look();

            assertThat(health.status()).isEqualTo("degraded");
            assertThat(health.serves()).isFalse();
            assertThat(health.signs()).contains(new MemoryFull()).hasAtLeastOneElementOfType(MemoryNearLimit.class);
        }
    }

    @Test
    void aMemoryNearItsLimitIsNamedBeforeItIsFull() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            // So much that what a connection takes more or less does not matter.
            redis.cli("SET", "filling", "x".repeat(20_000_000), "EX", "100");
            assertThat(probed.look().signs()).isEmpty();
            var used = Long.parseLong(redis.info("memory", "used_memory"));

            redis.cli("CONFIG", "SET", "maxmemory", Long.toString(used * 100 / 85));

            var health = probed.look();
            assertThat(health.serves()).isTrue();
            assertThat(health.status()).isEqualTo("degraded");
            assertThat(health.signs()).hasExactlyElementsOfTypes(MemoryNearLimit.class);
        }
    }

    @Test
    void aRedisThatIsNotThereIsDisconnected() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            redis.stop();

            assertThat(probed.look()).isEqualTo(new Disconnected("the connection was refused", List.of()));
            assertThat(probed.glance().serves()).isFalse();

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> probed.look() instanceof Disconnected gone
                            && gone.error().equals("the connection was refused; it is asked again within two seconds"));
            redis.restart();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> probed.look().status().equals("healthy"));
        }
    }

    @Test
    void aWrongPasswordIsNamedAndNotShown() {
        try (var redis = RedisProcess.setup().password("s3cret-right").start();
                var probed = ProbedRedis.at("redis://:s3cret-wrong@127.0.0.1:" + redis.port())) {
            var health = probed.look();

            assertThat(health)
                    .isEqualTo(new Disconnected(
                            "the user or password is wrong",
                            List.of(new WrongPassword("the user or password is wrong"))));
            assertThat(health.toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void aPasswordThatIsMissingIsNamed() {
        try (var redis = RedisProcess.setup().password("s3cret").start();
                var probed = ProbedRedis.at("redis://127.0.0.1:" + redis.port())) {
            assertThat(probed.look().signs()).hasExactlyElementsOfTypes(WrongPassword.class);
        }
    }

    @Test
    void aSlowRedisIsNamedWhileItStillAnswersInTime() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probed = ProbedRedis.at(url(wire), "REDIS_COMMAND_TIMEOUT", "2000")) {
            probed.look();
            wire.delay(Duration.ofMillis(550));

            var health = (Connected) probed.look();

            assertThat(health.status()).isEqualTo("degraded");
            assertThat(health.signs()).hasExactlyElementsOfTypes(SlowAnswers.class);
            assertThat(health.findings()).allSatisfy(finding -> assertThat(((Passed) finding).latency())
                    .isGreaterThan(Duration.ofSeconds(1)));
        }
    }

    @Test
    void aSilentRedisIsDisconnectedByTheDeadline() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probed = ProbedRedis.at(url(wire), "REDIS_COMMAND_TIMEOUT", "300")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> probed.look().serves());
            wire.blackHole();

            assertThat(probed.look()).isEqualTo(new Disconnected("no answer within its time", List.of()));
        }
    }

    @Test
    void aConnectionThatTheOtherSideClosedIsReplacedByALook() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probed = ProbedRedis.at(url(wire))) {
            probed.look();
            wire.halfClose();

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> probed.look().status().equals("healthy"));
            assertThat(wire.traffic().connectionsAccepted()).isEqualTo(2);
        }
    }

    @Test
    void whatTheUserMayNotAskIsWithheldAndNothingIsHeldAgainstRedis() {
        var setup = RedisProcess.setup()
                .user("app", "s3cret", "~gh:* +@read +@write +@scripting +@connection -info -slowlog -time");
        try (var redis = setup.start();
                var probed = ProbedRedis.at("redis://app:s3cret@127.0.0.1:" + redis.port())) {
            List<String> lost = new CopyOnWriteArrayList<>();
            probed.link.addOutageListener(new Losses(lost, new ArrayList<>()));
            for (var i = 0; i < 5; i++) {
                var health = (Connected) probed.look();

                assertThat(health.status()).isEqualTo("healthy");
                assertThat(health.facts().version()).isEqualTo(new Told<>(null, "the user may not run INFO"));
                assertThat(health.facts().hitRate().reason()).isEqualTo("the user may not run INFO");
                assertThat(health.facts().slowLogLength()).isEqualTo(new Told<>(null, "the user may not run SLOWLOG"));
                assertThat(health.facts().clockAhead().reason()).isEqualTo("the user may not run TIME");
            }
            assertThat(lost).isEmpty();
            assertThat(probed.link.circuitState()).isEqualTo("closed");
        }
    }

    @Test
    void theRightsThatTheAdviceNamesAreEnough() {
        var advice = new Warning.Refusing(HealthCheck.SET, "NOPERM").advice();
        var rights = advice.substring(advice.indexOf('~'), advice.length() - 1);
        try (var redis = RedisProcess.setup().user("app", "s3cret", rights).start();
                var probed = ProbedRedis.at("redis://app:s3cret@127.0.0.1:" + redis.port())) {
            var health = (Connected) probed.look();

            assertThat(health.status()).isEqualTo("healthy");
            assertThat(health.facts().version().value()).isNotNull();
            assertThat(health.facts().slowLogLength().value()).isNotNull();
            assertThat(health.facts().clockAhead().value()).isNotNull();
            assertThat(probed.tryAll(HealthCheck.DEEP)).allMatch(CheckResult::passed);
            assertThat(probed.tryAll(List.of(HealthCheck.TIME))).allMatch(CheckResult::passed);
        }
    }

    @Test
    void aLookEndsNoOutageThatADecisionWouldNot() {
        try (var redis = RedisProcess.setup().maxMemory("100kb").start();
                var probed = ProbedRedis.at(redis.url())) {
            List<Duration> regained = new CopyOnWriteArrayList<>();
            probed.link.addOutageListener(new Losses(new ArrayList<>(), regained));
            probed.glance();

            assertThat(probed.facts().version().value()).isNotNull();

            assertThat(regained).isEmpty();
            assertThat(probed.link.failure()).isNotNull();
        }
    }

    @Test
    void anEvictionThatCanDropClaimsIsNamed() {
        try (var redis = RedisProcess.setup()
                        .config("maxmemory-policy allkeys-lru")
                        .start();
                var probed = ProbedRedis.at(redis.url())) {
            assertThat(probed.look().signs()).containsExactly(new EvictionCanDropClaims("allkeys-lru"));

            redis.cli("CONFIG", "SET", "maxmemory-policy", "volatile-ttl");

            assertThat(probed.look().signs()).isEmpty();
        }
    }

    @Test
    void clientsNearTheirLimitAreNamed() {
        List<RedisConnection> others = new ArrayList<>();
        try (var redis = RedisProcess.setup().config("maxclients 20").start();
                var probed = ProbedRedis.at(redis.url())) {
            assertThat(probed.look().signs()).isEmpty();
            for (var i = 0; i < 15; i++) {
                others.add(redis.connect());
            }

            assertThat(probed.look().signs()).containsExactly(new ClientsNearLimit(16, 20));

            others.forEach(RedisConnection::close);
            others.clear();
        } finally {
            others.forEach(RedisConnection::close);
        }
    }

    @Test
    void aSlowLogThatGrowsIsNamed() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            assertThat(probed.look().signs()).isEmpty();
            redis.cli("CONFIG", "SET", "slowlog-log-slower-than", "0");
            redis.cli("SET", "k", "v", "EX", "100");
            redis.cli("CONFIG", "SET", "slowlog-log-slower-than", "-1");

            assertThat(probed.look().signs()).hasExactlyElementsOfTypes(SlowLogGrowing.class);
        }
    }

    @Test
    void aClockThatIsBehindIsNamed() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var probed = ProbedRedis.at(url(wire))) {
            var behind = Long.toString(Instant.now().getEpochSecond() - 100);
            wire.affecting(words -> words.getFirst().equalsIgnoreCase("TIME"))
                    .inject("*2\r\n$" + behind.length() + "\r\n" + behind + "\r\n$1\r\n0");

            var signs = probed.look().signs();

            assertThat(signs).hasExactlyElementsOfTypes(ClocksApart.class);
            assertThat(((ClocksApart) signs.getFirst()).ahead())
                    .isBetween(Duration.ofSeconds(-160), Duration.ofSeconds(-99));
        }
    }

    @Test
    void aNodeOfAClusterThatIsUsedAloneIsNamed() {
        try (var cluster = RedisCluster.start()) {
            try (var alone = ProbedRedis.at(cluster.masters().getFirst().url())) {
                assertThat(alone.look().signs()).containsOnlyOnce(new ClusterWithoutClusterMode());
            }
            try (var asCluster = ProbedRedis.at(cluster.masters().getFirst().url(), "REDIS_CLUSTER_MODE", "true")) {
                var health = (Connected) asCluster.look();
                assertThat(health.status()).isEqualTo("healthy");
                assertThat(health.facts().mode().value()).isEqualTo("cluster");
            }
        }
    }

    @Test
    void withNoTimeLeftItIsNotAsked() {
        try (var redis = RedisProcess.start();
                var probed = ProbedRedis.at(redis.url())) {
            var health = ProbedRedis.await(probed.probe.look(HealthCheck.OPERATIONS, Deadline.in(Duration.ZERO)));

            assertThat(health).isEqualTo(new Disconnected("no answer within the time there was", List.of()));
            assertThat(redis.clients()).isEmpty();
        }
    }

    private record Losses(List<String> lost, List<Duration> regained) implements OutageListener {

        @Override
        public void lost(String why) {
            lost.add(why);
        }

        @Override
        public void regained(Duration outage) {
            regained.add(outage);
        }
    }
}
