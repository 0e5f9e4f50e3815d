// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.redis.MovableName;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.tls.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the jar, with its libraries in {@code lib} beside it, as the image does. */
@ConcurrentTests
class JarIT {

    private static final Path JAR = Path.of(System.getProperty("gatehouse.jar"));
    private static final String CLAIMS = "/v1/idempotency/claims";
    private static final DemoKey KEY = new DemoKey("k");
    private static final Pattern SERVING = Pattern.compile("Serving +http://localhost:(\\d+)");

    @TempDir
    private Path directory;

    /** A started process. */
    private record Run(Process process, Path output) implements AutoCloseable {

        String printed() throws IOException {
            return Files.readString(output);
        }

        int port() throws IOException {
            var serving = SERVING.matcher(printed());
            assertThat(serving.find()).isTrue();
            return Integer.parseInt(serving.group(1));
        }

        int exit() throws InterruptedException {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("it ends").isTrue();
            return process.exitValue();
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            exit();
        }
    }

    private Run run(Map<String, String> settings, String... words) throws IOException {
        var output = Files.createTempFile(directory, "output", "");
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var command = new ArrayList<>(List.of(java.toString(), "-XX:TieredStopAtLevel=1", "-jar", JAR.toString()));
        command.addAll(List.of(words));
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        process.environment().keySet().removeIf(name -> name.matches("(REDIS|GATEHOUSE|LOG|MICRONAUT)_.*"));
        process.environment()
                .putAll(Map.of(
                        "REDIS_CONNECTION_TIMEOUT",
                        "5000",
                        "REDIS_TLS_TIMEOUT",
                        "5000",
                        "REDIS_COMMAND_TIMEOUT",
                        "5000"));
        process.environment().putAll(settings);
        return new Run(process.start(), output);
    }

    @Test
    void doctorExitsWithZeroOnAHealthyRedisAndShowsNoSecret() throws Exception {
        try (var certificates = Certificates.create();
                var redis = RedisProcess.setup()
                        .tls(certificates.localhost())
                        .password("s3cret")
                        .start()) {
            var doctor = run(
                    Map.of(
                            "REDIS_URL",
                            "rediss://:s3cret@localhost:" + redis.port(),
                            "REDIS_CA_FILE",
                            certificates.ca().toString()),
                    "doctor");

            assertThat(doctor.exit()).as(doctor.printed()).isZero();
            assertThat(doctor.printed())
                    .contains("WELL: the functions can work with this Redis.", "TLSv1.", " scripts a second")
                    .containsPattern("up to +[0-9.]+ ms +#+ +[0-9]+")
                    .doesNotContain("s3cret", "\tat ");
        }
    }

    @Test
    void doctorAndWaitExitWithOneWithoutRedis() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            var doctor = run(Map.of(), "doctor", redis.url());
            var waiting = run(Map.of(), "wait", redis.url(), "--for", "500ms");

            assertThat(doctor.exit()).isEqualTo(1);
            assertThat(doctor.printed()).contains("NOT WELL: No connection to 127.0.0.1:" + redis.port());
            assertThat(waiting.exit()).isEqualTo(1);
            assertThat(waiting.printed()).contains("is not ready after 0.5 s: the connection was refused");
        }
    }

    @Test
    void policiesAreComparedWithAFileAndStored() throws Exception {
        var file = Files.writeString(
                directory.resolve("plans.json"), "{\"policies\": {\"free\": {\"limit\": 5, \"windowSeconds\": 60}}}");
        try (var redis = RedisProcess.setup().password("s3cret").start()) {
            var settings = Map.of("REDIS_URL", "redis://:s3cret@localhost:" + redis.port());
            var before = run(settings, "policies", "diff", file.toString(), "--tenant", "acme");
            assertThat(before.exit()).as(before.printed()).isEqualTo(1);
            var apply = run(settings, "policies", "apply", file.toString(), "--tenant", "acme");
            assertThat(apply.exit()).as(apply.printed()).isZero();
            var after = run(settings, "policies", "diff", file.toString(), "--tenant", "acme");
            assertThat(after.exit()).as(after.printed()).isZero();

            assertThat(before.printed())
                    .isEqualTo(
                            "added    free: algorithm=gcra limit=5 windowSeconds=60 burst=5" + System.lineSeparator());
            assertThat(before.printed() + apply.printed() + after.printed()).doesNotContain("s3cret", "\tat ");
        }
    }

    @Test
    void waitExitsWithZeroOnceRedisIsReady() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            var waiting = run(Map.of(), "wait", redis.url(), "--for", "2m");
            redis.restart();

            assertThat(waiting.exit()).isZero();
            assertThat(waiting.printed()).contains("is ready after");
        }
    }

    @Test
    void servesWithoutACommand() throws Exception {
        try (var redis = RedisProcess.start();
                var server = serve(redis)) {
            var caller = new Caller(server.port(), "none");

            assertThat(caller.send(caller.anonymous("/health/readiness")).text())
                    .isEqualTo("{\"status\":\"UP\"}");
            assertThat(Scrape.of(caller.send(caller.anonymous("/metrics")).text())
                            .value("gatehouse_redis_up", Map.of()))
                    .isEqualTo(1);
        }
    }

    @Test
    void completesTheCurrentRequestAndRefusesNewConnectionsOnSigterm() throws Exception {
        try (var redis = RedisProcess.start();
                var server = serve(redis)) {
            var caller = new Caller(server.port(), KEY.value());
            assertThat(caller.post(CLAIMS, "{\"key\":\"k\"}").status()).isEqualTo(201);
            var calls = redis.calls("evalsha");
            var waiting =
                    CompletableFuture.supplyAsync(() -> caller.post(CLAIMS, "{\"key\":\"k\",\"waitMillis\":5000}"));
            await().atMost(1, TimeUnit.MINUTES).until(() -> redis.calls("evalsha") > calls);

            server.process().destroy(); // Sends SIGTERM.

            await().atMost(1, TimeUnit.MINUTES).until(() -> Caller.isRefused(server.port()));
            assertThat(waiting).as("it waits for the claim").isNotDone();
            assertThat(waiting.get(1, TimeUnit.MINUTES).status()).isEqualTo(409);
            assertThat(server.exit()).isEqualTo(128 + 15);
        }
    }

    @Test
    void followsTheNameOfRedisToAnotherAddress() throws Exception {
        try (var first = RedisProcess.start();
                var second = RedisProcess.setup()
                        .host("127.0.0.2")
                        .port(first.port())
                        .replicaOf(first)
                        .start();
                var name = MovableName.of(first.host());
                var server = serve(Map.of(
                        "REDIS_URL",
                        "redis://" + MovableName.NAME + ":" + first.port(),
                        "REDIS_CONNECTION_TIMEOUT",
                        "5000",
                        "REDIS_COMMAND_TIMEOUT",
                        "5000",
                        "JDK_JAVA_OPTIONS",
                        name.jvmOption()))) {
            assertThat(isClaimed(server, "before")).isTrue();

            second.cli("REPLICAOF", "NO", "ONE");
            first.kill();
            assertThat(isClaimed(server, "meanwhile")).isFalse();
            name.moveTo(second.host());

            // A claim that begins in time may take as long as the machine needs.
            var bound = Deadline.in(Duration.ofSeconds(2));
            await().atMost(1, TimeUnit.MINUTES).until(() -> {
                var isLate = bound.isSpent();
                var isClaimed = isClaimed(server, "after");
                assertThat(isClaimed || !isLate).as("claimed within the bound").isTrue();
                return isClaimed;
            });
        }
    }

    private static boolean isClaimed(Run server, String key) throws IOException {
        var caller = new Caller(server.port(), KEY.value());
        return caller.post(CLAIMS, "{\"key\":\"" + key + "\"}").status() == 201;
    }

    private Run serve(RedisProcess redis) throws IOException {
        return serve(Map.of("REDIS_URL", redis.url()));
    }

    private Run serve(Map<String, String> settings) throws IOException {
        var environment = new HashMap<>(settings);
        environment.putAll(Map.of("MICRONAUT_SERVER_PORT", "-1", "GATEHOUSE_API_KEYS", KEY.setting()));
        var server = run(environment);
        await().atMost(1, TimeUnit.MINUTES)
                .until(() -> SERVING.matcher(server.printed()).find());
        return server;
    }
}
