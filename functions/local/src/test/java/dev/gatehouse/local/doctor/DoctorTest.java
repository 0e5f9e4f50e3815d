package dev.gatehouse.local.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.tls.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the doctor and the waiting say of real servers, and with which exit code. */
@ConcurrentTests
class DoctorTest {

    private static Certificates certificates;

    /** A command that has ended. */
    private record Said(int exit, String text) {

        /** The line of a step. */
        String line(String step) {
            return text.lines()
                    .filter(line -> line.startsWith("  " + step + " "))
                    .findFirst()
                    .orElse("no line for " + step + " in:\n" + text);
        }
    }

    @BeforeAll
    static void create() {
        certificates = Certificates.create();
    }

    @AfterAll
    static void delete() {
        certificates.close();
    }

    private static Said run(List<String> words, String... namesAndValues) {
        var environment = new HashMap<>(Map.of(
                "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_TLS_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"));
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        var bytes = new ByteArrayOutputStream();
        var exit = CommandLine.run(
                words, environment, new PrintStream(bytes, true, StandardCharsets.UTF_8), Duration.ofMillis(150));
        var said = new Said(exit, bytes.toString(StandardCharsets.UTF_8));
        assertThat(said.text).doesNotContain("s3cret").doesNotContain("\tat ").doesNotContain("Exception");
        return said;
    }

    private static Said doctor(String url, String... namesAndValues) {
        return run(List.of("doctor", url), namesAndValues);
    }

    @Test
    void aGoodRedisIsWell() {
        try (var redis = RedisProcess.setup().password("s3cret").start()) {
            var said = doctor(redis.url());

            assertThat(said.exit).as(said.text).isZero();
            assertThat(said.text)
                    .contains("looks at redis://:***@127.0.0.1:" + redis.port() + "/0")
                    .contains("WELL: the functions can work with this Redis.")
                    .doesNotContain("FAIL")
                    .containsPattern("up to +[0-9.]+ ms +#+ +[0-9]+");
            assertThat(said.line("authentication")).contains("ok").contains("with a password");
            assertThat(said.line("server")).contains("Redis, version " + redis.info("server", "redis_version"));
            assertThat(said.line("mode")).contains("ok").contains("standalone");
            assertThat(said.line("eviction")).contains("ok").contains("noeviction");
            for (var step : List.of(
                    "name",
                    "TCP",
                    "write and read",
                    "script",
                    "hash",
                    "list",
                    "sorted set",
                    "expiry",
                    "time in scripts",
                    "latency",
                    "throughput",
                    "memory",
                    "clients",
                    "clock")) {
                assertThat(said.line(step)).contains(" ok ");
            }
            assertThat(said.line("throughput")).containsPattern("[0-9,]+ scripts a second");
            assertThat(redis.cli("DBSIZE")).as("but what waits for its expiry").isIn(0L, 1L);
        }
    }

    @Test
    void whatShouldBeMendedIsSaidAndNoFailure() {
        try (var redis =
                RedisProcess.setup().config("maxmemory-policy allkeys-lru").start()) {
            var said = doctor(redis.url());

            assertThat(said.exit).isZero();
            assertThat(said.line("eviction")).contains("warn").contains("allkeys-lru");
            assertThat(said.text)
                    .contains("Set maxmemory-policy to noeviction")
                    .contains("One thing should be corrected.");
        }
    }

    @Test
    void aRedisWithTlsShowsItsCertificate() {
        try (var redis = RedisProcess.setup()
                .tls(certificates.localhost())
                .password("s3cret")
                .start()) {
            var said = doctor(
                    "rediss://:s3cret@localhost:" + redis.port(),
                    "REDIS_CA_FILE",
                    certificates.ca().toString());

            assertThat(said.exit).as(said.text).isZero();
            assertThat(said.line("TLS")).contains("ok").contains("TLSv1.");
            assertThat(said.line("certificate"))
                    .contains("CN=localhost")
                    .contains("Gatehouse test authority")
                    .contains("until 20");
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNotTrusted() {
        try (var redis = RedisProcess.setup().tls(certificates.localhost()).start()) {
            var said = doctor(
                    "rediss://localhost:" + redis.port(),
                    "REDIS_CA_FILE",
                    certificates.unrelatedCa().toString());

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("certificate")).contains("FAIL").contains("not trusted");
            assertThat(said.text)
                    .contains("Name the file with the certificate of the authority that issued it in REDIS_CA_FILE.")
                    .contains("Gatehouse test authority")
                    .contains("NOT WELL: Its certificate is not trusted");
        }
    }

    @Test
    void aCertificateForAnotherHostNamesTheRightOne() {
        try (var redis = RedisProcess.setup().tls(certificates.elsewhere()).start()) {
            var said = doctor(
                    "rediss://localhost:" + redis.port(),
                    "REDIS_CA_FILE",
                    certificates.ca().toString());

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("certificate")).contains("FAIL").contains("another host name");
            assertThat(said.text).contains("elsewhere.example");
        }
    }

    @Test
    void anExpiredCertificateIsNamed() {
        try (var redis = RedisProcess.setup().tls(certificates.expired()).start()) {
            var said = doctor(
                    "rediss://localhost:" + redis.port(),
                    "REDIS_CA_FILE",
                    certificates.ca().toString());

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("certificate")).contains("FAIL").contains("expired");
        }
    }

    @Test
    void tlsToAPlainPortFailsAtTls() {
        try (var redis = RedisProcess.start()) {
            var said = doctor("rediss://localhost:" + redis.port(), "REDIS_TLS_TIMEOUT", "1000");

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("TCP")).contains(" ok ");
            assertThat(said.line("TLS")).contains("FAIL");
            assertThat(said.text).contains("write redis://");
        }
    }

    @Test
    void plainTextToATlsPortIsToldToUseTls() {
        try (var redis = RedisProcess.setup().tls(certificates.localhost()).start()) {
            var said = doctor("redis://localhost:" + redis.port(), "REDIS_COMMAND_TIMEOUT", "500");

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("authentication")).contains("FAIL");
            assertThat(said.text).contains("It speaks TLS on this port: write rediss://.");
        }
    }

    @Test
    void aClusterIsWellInClusterModeAndNotWithoutIt() {
        try (var cluster = RedisCluster.start()) {
            var url = cluster.masters().getFirst().url();

            var asCluster = doctor(url, "REDIS_CLUSTER_MODE", "true");

            assertThat(asCluster.exit).as(asCluster.text).isZero();
            assertThat(asCluster.line("mode")).contains("cluster, as it is used");
            assertThat(asCluster.line("slots")).contains(" ok ").contains("64 keys");

            var alone = doctor(url);

            assertThat(alone.exit).isEqualTo(1);
            assertThat(alone.text).contains("node of a cluster").contains("Set REDIS_CLUSTER_MODE=true.");
        }
    }

    @Test
    void aClusterOfWhichAPartIsDeadIsNotWell() {
        try (var cluster = RedisCluster.start()) {
            cluster.masters().getLast().kill();

            var said = doctor(
                    cluster.masters().getFirst().url(), "REDIS_CLUSTER_MODE", "true", "REDIS_COMMAND_TIMEOUT", "1000");

            assertThat(said.exit).as(said.text).isEqualTo(1);
            assertThat(said.text).contains("NOT WELL");
        }
    }

    @Test
    void aDeadRedisFailsAtTcp() {
        try (var redis = RedisProcess.start()) {
            redis.stop();

            var said = doctor(redis.url());

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("name")).contains(" ok ");
            assertThat(said.line("TCP")).contains("FAIL").contains("the connection was refused");
            assertThat(said.text)
                    .contains("Start Redis")
                    .contains("NOT WELL: No connection to 127.0.0.1:" + redis.port());
        }
    }

    @Test
    void aHostThatIsNotKnownFailsAtItsName() {
        var said = doctor("redis://:s3cret@no-such-host.invalid");

        assertThat(said.exit).isEqualTo(1);
        assertThat(said.line("name")).contains("FAIL");
        assertThat(said.text).contains("no-such-host.invalid is not known here");
    }

    @Test
    void aPortThatNobodyAnswersFailsInTime() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis)) {
            wire.ignoreConnects();

            var said = doctor("redis://127.0.0.1:" + wire.port(), "REDIS_CONNECTION_TIMEOUT", "300");

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("TCP")).contains("FAIL").contains("no reply within the connection timeout");
            assertThat(said.text).contains("security group");
        }
    }

    @Test
    void aWrongPasswordFailsAtLoginAndIsNotShown() {
        try (var redis = RedisProcess.setup().password("s3cret-right").start()) {
            var said = doctor("redis://:s3cret-wrong@127.0.0.1:" + redis.port());

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("authentication")).contains("FAIL").contains("the user or password is wrong");
            assertThat(said.text).contains("Check the user and password");
        }
    }

    @Test
    void aReplicaIsNotWell() {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start()) {
            var said = doctor(replica.url());

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("role")).contains("FAIL").contains("read-only replica");
            assertThat(said.text).contains("Point REDIS_URL to the primary");
        }
    }

    @Test
    void aRedisWithoutScriptsIsNotWell() {
        var setup = RedisProcess.setup().user("app", "s3cret", "~gh:* +@all -@scripting");
        try (var redis = setup.start()) {
            var said = doctor("redis://app:s3cret@127.0.0.1:" + redis.port());

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.line("authentication")).contains("as the user app");
            assertThat(said.line("script")).contains("FAIL").contains("NOPERM");
            assertThat(said.text).contains("~gh:* +@read +@write +@scripting");
        }
    }

    @Test
    void aRedisThatTellsLittleOfItselfIsWell() {
        var setup = RedisProcess.setup()
                .user("app", "s3cret", "~gh:* +@read +@write +@scripting +@connection -info -slowlog -time");
        try (var redis = setup.start()) {
            var said = doctor("redis://app:s3cret@127.0.0.1:" + redis.port());

            assertThat(said.exit).as(said.text).isZero();
            assertThat(said.line("eviction")).contains("--").contains("the user may not run INFO");
            assertThat(said.line("time in scripts")).contains("warn").contains("their own clocks");
        }
    }

    @Test
    void theEnvironmentNamesTheRedisWhereNoUrlDoes() {
        try (var redis = RedisProcess.start()) {
            assertThat(run(List.of("wait"), "REDIS_HOST", redis.host(), "REDIS_PORT", Integer.toString(redis.port()))
                            .exit)
                    .isZero();
            assertThat(run(
                                    List.of("wait", ""),
                                    "GATEHOUSE_DOCTOR_REDIS",
                                    redis.url(),
                                    "REDIS_HOST",
                                    "elsewhere.invalid")
                            .exit)
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "doctor;redis://:s3cret@localhost:99999",
                "doctor;http://:s3cret@localhost",
                "doctor;redis://localhost;redis://:s3cret@other",
                "wait;--for;long",
                "wait;--for",
                "examine;redis://:s3cret@localhost"
            })
    void whatIsNotUnderstoodIsAnotherExitCode(String words) {
        var said = run(List.of(words.split(";")));

        assertThat(said.exit).isEqualTo(2);
        assertThat(said.text).contains("Usage:");
    }

    @Test
    void helpIsHelp() {
        assertThat(run(List.of("help")).exit).isZero();
    }

    @Test
    void whoWaitsIsToldWhenRedisIsReady() {
        try (var redis = RedisProcess.start();
                var later = Executors.newSingleThreadScheduledExecutor()) {
            redis.stop();
            var _ = later.schedule(redis::restart, 500, TimeUnit.MILLISECONDS);

            var said = run(List.of("wait", redis.url(), "--for", "60s"));

            assertThat(said.exit).isZero();
            assertThat(said.text).containsPattern("Redis at redis://127.0.0.1:\\d+/0 is ready after [0-9.]+ s\\.");
        }
    }

    @Test
    void whoWaitsInVainIsToldWhy() {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            var start = System.nanoTime();

            var said = run(List.of("wait", redis.url(), "--for", "700ms"));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(500));
            assertThat(said.exit).isEqualTo(1);
            assertThat(said.text).contains("is not ready after 0.7 s: the connection was refused");
        }
    }

    @Test
    void aReplicaIsNotReady() {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start()) {
            var said = run(List.of("wait", replica.url(), "--for", "300ms"));

            assertThat(said.exit).isEqualTo(1);
            assertThat(said.text).contains("read-only replica");
        }
    }
}
