// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.SentinelRig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs the doctor against Sentinels. */
class SentinelDoctorTest {

    private static SentinelRig rig;

    @BeforeAll
    static void start() {
        rig = SentinelRig.start();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private record Output(int exit, String text) {

        String line(String step) {
            return text.lines()
                    .filter(line -> line.startsWith("  " + step + " "))
                    .findFirst()
                    .orElse("no line for " + step + " in:\n" + text);
        }
    }

    private static Output doctor(String url, String... namesAndValues) {
        var environment = new HashMap<>(Map.of("REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"));
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        var bytes = new ByteArrayOutputStream();
        var exit = CommandLine.run(
                List.of("doctor", url),
                environment,
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                Duration.ofMillis(150));
        var output = new Output(exit, bytes.toString(StandardCharsets.UTF_8));
        assertThat(output.text).doesNotContain("s3cret").doesNotContain("Exception");
        return output;
    }

    private static String url(String nodes) {
        return "redis-sentinel://" + nodes + "#" + SentinelRig.MASTER;
    }

    private static String master() {
        return "127.0.0.1:" + rig.servers().getFirst().port();
    }

    @Test
    void passesSentinelsThatAgree() {
        var output = doctor(url(rig.addresses()), "REDIS_SENTINEL_NODES", "elsewhere");

        assertThat(output.exit).as(output.text).isZero();
        assertThat(output.text)
                .contains("looks at redis-sentinel://" + rig.addresses() + "/0#gatehouse")
                .contains("WELL")
                .doesNotContain("warn");
        assertThat(output.line("sentinels")).contains(" ok ").endsWith("3 of 3 report " + master());
        assertThat(output.line("mode")).contains(" ok ").endsWith("sentinel, the master gatehouse");
        assertThat(output.line("replicas")).contains(" ok ").endsWith("2 connected, and writes need at least one");
    }

    @Test
    void warnsOfASentinelWithoutAReply() {
        try (var wire = FaultProxy.inFrontOf(rig.sentinels().getFirst())) {
            wire.refuse();
            var lost = "127.0.0.1:" + wire.port();
            var output =
                    doctor(url(lost + ",127.0.0.1:" + rig.sentinels().get(1).port()));

            assertThat(output.exit).as(output.text).isZero();
            assertThat(output.line("sentinels"))
                    .contains(" warn ")
                    .endsWith("1 of 2 Sentinels report no master: " + lost + ": the connection was refused.");
        }
    }

    @Test
    void failsWithoutAMaster() {
        var output = doctor("redis-sentinel://" + rig.addresses() + "#other");

        assertThat(output.exit).isOne();
        assertThat(output.line("sentinels"))
                .contains(" FAIL ")
                .contains("No Sentinel reports a master: ")
                .contains(": it monitors no master other");
        assertThat(output.text).contains("the name in REDIS_SENTINEL_MASTER");
    }

    @Test
    void failsWithAWrongPasswordOfTheSentinels() {
        try (var redis = RedisProcess.start();
                var sentinel =
                        SentinelRig.monitoring(redis, 1).password("s3cret").start()) {
            var output = doctor(url("127.0.0.1:" + sentinel.port()), "REDIS_SENTINEL_PASSWORD", "s3cret-wrong");

            assertThat(output.exit).isOne();
            assertThat(output.line("sentinels")).contains(" FAIL ").contains("the user or password is wrong");
        }
    }

    @Test
    void advisesToRequireAReplica() {
        try (var redis = RedisProcess.start();
                var sentinel = SentinelRig.monitoring(redis, 1).start()) {
            var output = doctor(url("127.0.0.1:" + sentinel.port()));

            assertThat(output.exit).as(output.text).isZero();
            assertThat(output.line("replicas")).contains(" warn ").contains("0 connected");
            assertThat(output.text).contains("Set min-replicas-to-write 1");
        }
    }

    @Test
    void aUrlOfOneRedisReplacesTheSentinelsOfTheEnvironment() {
        try (var redis = RedisProcess.start()) {
            var output = doctor(
                    redis.url(),
                    "REDIS_SENTINEL_NODES",
                    "elsewhere",
                    "REDIS_SENTINEL_MASTER",
                    "gatehouse",
                    "REDIS_SENTINEL_PASSWORD",
                    "s3cret");

            assertThat(output.exit).as(output.text).isZero();
            assertThat(output.text).doesNotContain("sentinel");
        }
    }
}
