// SPDX-License-Identifier: Apache-2.0
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

/** Runs the doctor and the wait command against real servers. */
@ConcurrentTests
class DoctorTest {

    private static Certificates certificates;

    /** The exit code and the output of a command. */
    private record Output(int exit, String text) {

        /** Returns the line of a step. */
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

    private static Output run(List<String> words, String... namesAndValues) {
        var environment = new HashMap<>(Map.of(
                "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_TLS_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"));
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        var bytes = new ByteArrayOutputStream();
        var exit = CommandLine.run(
                words, environment, new PrintStream(bytes, true, StandardCharsets.UTF_8), Duration.ofMillis(150));
        var output = new Output(exit, bytes.toString(StandardCharsets.UTF_8));
        assertThat(output.text).doesNotContain("s3cret").doesNotContain("\tat ").doesNotContain("Exception");
        return output;
    }

    private static Output doctor(String url, String... namesAndValues) {
        return run(List.of("doctor", url), namesAndValues);
    }

    @Test
    void namesTheUserOfAnIamToken() {
        try (var redis = RedisProcess.setup().tls(certificates.localhost()).start()) {
            redis.cli("ACL", "SETUSER", "gatehouse", "on", "nopass", "~*", "+@all");

            var output = run(
                    List.of("doctor"),
                    "REDIS_HOST",
                    "localhost",
                    "REDIS_PORT",
                    Integer.toString(redis.port()),
                    "REDIS_SSL",
                    "true",
                    "REDIS_CA_FILE",
                    certificates.ca().toString(),
                    "REDIS_USERNAME",
                    "gatehouse",
                    "REDIS_IAM_CACHE",
                    "gatehouse-prod",
                    "AWS_REGION",
                    "eu-central-1",
                    "AWS_ACCESS_KEY_ID",
                    "AKID",
                    "AWS_SECRET_ACCESS_KEY",
                    "s3cret");

            assertThat(output.line("authentication")).contains(" ok ").contains("as the user gatehouse");
            assertThat(output.text).doesNotContain("without a password", "X-Amz-Signature");
        }
    }

    @Test
    void passesAHealthyRedis() {
        try (var redis = RedisProcess.setup().password("s3cret").start()) {
            var output = doctor(redis.url());

            assertThat(output.exit).as(output.text).isZero();
            assertThat(output.text)
                    .contains("looks at redis://:***@127.0.0.1:" + redis.port() + "/0")
                    .contains("WELL: the functions can work with this Redis.")
                    .doesNotContain("FAIL")
                    .containsPattern("up to +[0-9.]+ ms +#+ +[0-9]+");
            assertThat(output.line("authentication")).contains("ok").contains("with a password");
            assertThat(output.line("server")).contains("Redis, version " + redis.info("server", "redis_version"));
            assertThat(output.line("mode")).contains("ok").contains("standalone");
            assertThat(output.line("eviction")).contains("ok").contains("noeviction");
            for (var step : List.of(
                    "name",
                    "TCP",
                    "write and read",
                    "script",
                    "hash",
                    "list",
                    "sorted set",
                    "stream",
                    "expiry",
                    "time in scripts",
                    "reconnection",
                    "latency",
                    "throughput",
                    "memory",
                    "clients",
                    "clock")) {
                assertThat(output.line(step)).contains(" ok ");
            }
            assertThat(output.line("throughput")).containsPattern("[0-9,]+ scripts a second");
            assertThat(redis.cli("DBSIZE"))
                    .as("except for the key that expires")
                    .isIn(0L, 1L);
        }
    }

    @Test
    void warnsOfAnEvictionPolicyWithoutFailing() {
        try (var redis =
                RedisProcess.setup().config("maxmemory-policy allkeys-lru").start()) {
            var output = doctor(redis.url());

            assertThat(output.exit).isZero();
            assertThat(output.line("eviction")).contains("warn").contains("allkeys-lru");
            assertThat(output.text)
                    .contains("Set maxmemory-policy to noeviction")
                    .contains("One thing should be corrected.");
        }
    }

    @Test
    void failsWhereApiKeysMayBeLost() {
        try (var redis =
                RedisProcess.setup().config("maxmemory-policy allkeys-lru").start()) {
            var output = run(List.of("doctor", redis.url(), "--api-keys"));

            assertThat(output.exit).isOne();
            assertThat(output.line("persistence")).contains("FAIL").contains("no append-only file");
            assertThat(output.line("key eviction")).contains("FAIL").contains("allkeys-lru");

            redis.cli("CONFIG", "SET", "appendonly", "yes");
            redis.cli("CONFIG", "SET", "maxmemory-policy", "volatile-ttl");
            assertThat(run(List.of("doctor", "--api-keys", redis.url())).exit).isZero();
        }
    }

    @Test
    void showsTheCertificateOfARedisWithTls() {
        try (var redis = RedisProcess.setup()
                .tls(certificates.localhost())
                .password("s3cret")
                .start()) {
            var output = doctor(
                    "rediss://:s3cret@localhost:" + redis.port(),
                    "REDIS_CA_FILE",
                    certificates.ca().toString());

            assertThat(output.exit).as(output.text).isZero();
            assertThat(output.line("TLS")).contains("ok").contains("TLSv1.");
            assertThat(output.line("certificate"))
                    .contains("CN=localhost")
                    .contains("Gatehouse test authority")
                    .contains("until 20");
        }
    }

    @Test
    void failsOnACertificateOfAnotherAuthority() {
        try (var redis = RedisProcess.setup().tls(certificates.localhost()).start()) {
            var output = doctor(
                    "rediss://localhost:" + redis.port(),
                    "REDIS_CA_FILE",
                    certificates.unrelatedCa().toString());

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("certificate")).contains("FAIL").contains("not trusted");
            assertThat(output.text)
                    .contains("Name the file with the certificate of the authority that issued it in REDIS_CA_FILE.")
                    .contains("Gatehouse test authority")
                    .contains("NOT WELL: Its certificate is not trusted");
        }
    }

    @Test
    void failsOnACertificateForAnotherHostAndShowsItsNames() {
        try (var redis = RedisProcess.setup().tls(certificates.elsewhere()).start()) {
            var output = doctor(
                    "rediss://localhost:" + redis.port(),
                    "REDIS_CA_FILE",
                    certificates.ca().toString());

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("certificate")).contains("FAIL").contains("another host name");
            assertThat(output.text).contains("elsewhere.example");
        }
    }

    @Test
    void failsOnAnExpiredCertificate() {
        try (var redis = RedisProcess.setup().tls(certificates.expired()).start()) {
            var output = doctor(
                    "rediss://localhost:" + redis.port(),
                    "REDIS_CA_FILE",
                    certificates.ca().toString());

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("certificate")).contains("FAIL").contains("expired");
        }
    }

    @Test
    void failsOnTlsToAPlainPort() {
        try (var redis = RedisProcess.start()) {
            var output = doctor("rediss://localhost:" + redis.port(), "REDIS_TLS_TIMEOUT", "1000");

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("TCP")).contains(" ok ");
            assertThat(output.line("TLS")).contains("FAIL");
            assertThat(output.text).contains("write redis://");
        }
    }

    @Test
    void advisesTlsForPlainTextToATlsPort() {
        try (var redis = RedisProcess.setup().tls(certificates.localhost()).start()) {
            var output = doctor("redis://localhost:" + redis.port(), "REDIS_COMMAND_TIMEOUT", "500");

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("authentication")).contains("FAIL");
            assertThat(output.text).contains("It speaks TLS on this port: write rediss://.");
        }
    }

    @Test
    void passesAClusterInClusterModeOnly() {
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
    void failsOnAClusterWithADeadNode() {
        try (var cluster = RedisCluster.start()) {
            cluster.masters().getLast().kill();

            var output = doctor(
                    cluster.masters().getFirst().url(), "REDIS_CLUSTER_MODE", "true", "REDIS_COMMAND_TIMEOUT", "1000");

            assertThat(output.exit).as(output.text).isEqualTo(1);
            assertThat(output.text).contains("NOT WELL");
        }
    }

    @Test
    void failsAtTcpIfRedisIsDown() {
        try (var redis = RedisProcess.start()) {
            redis.stop();

            var output = doctor(redis.url());

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("name")).contains(" ok ");
            assertThat(output.line("TCP")).contains("FAIL").contains("the connection was refused");
            assertThat(output.text)
                    .contains("Start Redis")
                    .contains("NOT WELL: No connection to 127.0.0.1:" + redis.port());
        }
    }

    @Test
    void failsAtTheNameOfAnUnknownHost() {
        var output = doctor("redis://:s3cret@no-such-host.invalid");

        assertThat(output.exit).isEqualTo(1);
        assertThat(output.line("name")).contains("FAIL");
        assertThat(output.text).contains("no-such-host.invalid is not known here");
    }

    @Test
    void failsInTimeOnAPortThatDoesNotReply() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis)) {
            wire.ignoreConnects();

            var output = doctor("redis://127.0.0.1:" + wire.port(), "REDIS_CONNECTION_TIMEOUT", "300");

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("TCP")).contains("FAIL").contains("no reply within the connection timeout");
            assertThat(output.text).contains("security group");
        }
    }

    @Test
    void failsAtAuthenticationWithAWrongPassword() {
        try (var redis = RedisProcess.setup().password("s3cret-right").start()) {
            var output = doctor("redis://:s3cret-wrong@127.0.0.1:" + redis.port());

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("authentication")).contains("FAIL").contains("the user or password is wrong");
            assertThat(output.text).contains("Check the user and password");
        }
    }

    @Test
    void failsOnAReplica() {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start()) {
            var output = doctor(replica.url());

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("role")).contains("FAIL").contains("read-only replica");
            assertThat(output.text).contains("Point REDIS_URL to the primary");
        }
    }

    @Test
    void failsOnARedisWithoutScripts() {
        var setup = RedisProcess.setup().user("app", "s3cret", "~gh:* +@all -@scripting");
        try (var redis = setup.start()) {
            var output = doctor("redis://app:s3cret@127.0.0.1:" + redis.port());

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.line("authentication")).contains("as the user app");
            assertThat(output.line("script")).contains("FAIL").contains("NOPERM");
            assertThat(output.text).contains("~gh:* +@read +@write +@scripting");
        }
    }

    @Test
    void passesARedisThatWithholdsItsInformation() {
        var setup = RedisProcess.setup()
                .user("app", "s3cret", "~gh:* +@read +@write +@scripting +@connection -info -slowlog -time");
        try (var redis = setup.start()) {
            var output = doctor("redis://app:s3cret@127.0.0.1:" + redis.port());

            assertThat(output.exit).as(output.text).isZero();
            assertThat(output.line("eviction")).contains("--").contains("the user may not run INFO");
            assertThat(output.line("restrictions"))
                    .contains("--")
                    .contains("Redis rejects INFO with NOPERM")
                    .contains("Redis rejects SLOWLOG with NOPERM");
            assertThat(output.line("time in scripts")).contains("warn").contains("their own clocks");
        }
    }

    @Test
    void usesTheRedisOfTheEnvironmentWithoutAUrl() {
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
    void exitsWith2OnAnInvalidCommandLine(String words) {
        var output = run(List.of(words.split(";")));

        assertThat(output.exit).isEqualTo(2);
        assertThat(output.text).contains("Usage:");
    }

    @Test
    void printsHelp() {
        assertThat(run(List.of("help")).exit).isZero();
    }

    @Test
    void waitsUntilRedisIsReady() {
        try (var redis = RedisProcess.start();
                var later = Executors.newSingleThreadScheduledExecutor()) {
            redis.stop();
            var _ = later.schedule(redis::restart, 500, TimeUnit.MILLISECONDS);

            var output = run(List.of("wait", redis.url(), "--for", "60s"));

            assertThat(output.exit).isZero();
            assertThat(output.text).containsPattern("Redis at redis://127.0.0.1:\\d+/0 is ready after [0-9.]+ s\\.");
        }
    }

    @Test
    void reportsWhyRedisIsNotReady() {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            var start = System.nanoTime();

            var output = run(List.of("wait", redis.url(), "--for", "700ms"));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(500));
            assertThat(output.exit).isEqualTo(1);
            assertThat(output.text).contains("is not ready after 0.7 s: the connection was refused");
        }
    }

    @Test
    void reportsThatAReplicaIsNotReady() {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start()) {
            var output = run(List.of("wait", replica.url(), "--for", "300ms"));

            assertThat(output.exit).isEqualTo(1);
            assertThat(output.text).contains("read-only replica");
        }
    }
}
