package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.tls.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is run by hand and in the image, with what it needs in {@code lib} beside it. */
class JarIT {

    private static final Path JAR = Path.of(System.getProperty("gatehouse.jar"));
    private static final Pattern SERVING = Pattern.compile("Serving +http://localhost:(\\d+)");

    @TempDir
    private Path directory;

    /** A program that was started. */
    private record Run(Process process, Path output) {

        String printed() throws IOException {
            return Files.readString(output);
        }

        int exit() throws InterruptedException {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("it ends").isTrue();
            return process.exitValue();
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
    void theDoctorEndsWithZeroWhereRedisIsWellAndShowsNoSecret() throws Exception {
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
    void whereRedisIsDeadTheDoctorAndTheWaitingEndWithOne() throws Exception {
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
    void theWaitingEndsWithZeroOnceRedisIsThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            var waiting = run(Map.of(), "wait", redis.url(), "--for", "2m");
            redis.restart();

            assertThat(waiting.exit()).isZero();
            assertThat(waiting.printed()).contains("is ready after");
        }
    }

    @Test
    void withoutWordsItServes() throws Exception {
        try (var redis = RedisProcess.start()) {
            var server = run(Map.of("REDIS_URL", redis.url(), "MICRONAUT_SERVER_PORT", "-1"));
            try {
                await().atMost(1, TimeUnit.MINUTES)
                        .until(() -> SERVING.matcher(server.printed()).find());
                var serving = SERVING.matcher(server.printed());
                assertThat(serving.find()).isTrue();
                var caller = new Caller(Integer.parseInt(serving.group(1)), "none");

                assertThat(caller.send(caller.anonymous("/health/readiness")).text())
                        .isEqualTo("{\"status\":\"UP\"}");
                assertThat(Scrape.of(caller.send(caller.anonymous("/metrics")).text())
                                .value("gatehouse_redis_up", Map.of()))
                        .isEqualTo(1);
            } finally {
                server.process().destroy();
                server.exit();
            }
        }
    }
}
