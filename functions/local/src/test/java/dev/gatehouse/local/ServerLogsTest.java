// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.HashTag;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the server as a process, since its log is configured at the start. */
@ConcurrentTests
class ServerLogsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final DemoKey KEY = DemoKey.generate();
    private static final Pattern SERVING = Pattern.compile("Serving +http://localhost:(\\d+)");

    /** A running server. */
    private record Run(Process process, Path output) implements AutoCloseable {

        static Run of(Path directory, Map<String, String> settings) throws IOException {
            var output = directory.resolve("output");
            var command = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            // The test class path holds another configuration.
                            "-Dlogback.configurationFile=logback.xml",
                            "-classpath",
                            System.getProperty("java.class.path"),
                            Server.class.getName())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            command.environment().keySet().removeIf(name -> name.matches("(REDIS|GATEHOUSE|LOG|MICRONAUT)_.*"));
            command.environment().putAll(settings);
            command.environment().put("MICRONAUT_SERVER_PORT", "-1");
            command.environment().put("REDIS_CONNECTION_TIMEOUT", "5000");
            command.environment().put("REDIS_COMMAND_TIMEOUT", "5000");
            return new Run(command.start(), output);
        }

        Caller caller() {
            await().atMost(PATIENCE).until(() -> SERVING.matcher(printed()).find() || !process.isAlive());
            var serving = SERVING.matcher(printed());
            assertThat(serving.find()).as(printed()).isTrue();
            return new Caller(Integer.parseInt(serving.group(1)), KEY.value());
        }

        String printed() {
            try {
                return Files.readString(output);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<Map<String, Object>> lines() {
            return printed().lines().map(Run::json).toList();
        }

        private static Map<String, Object> json(String line) {
            try {
                return JsonMapper.createDefault().readValue(line, Argument.mapOf(String.class, Object.class));
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + line, e);
            }
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"'', '/#key=demo-[0-9a-f]{24}'", "loopback, '/#key=demo-[0-9a-f]{24}'", "on, '/#key=demo-[0-9a-f]{24}'"
    })
    void beginsWithTheAddressOfTheConsoleAndTheKeyOfADemo(String access, String address, @TempDir Path directory)
            throws Exception {
        try (var run = Run.of(directory, Map.of("ENABLE_REDIS", "false", "GATEHOUSE_CONSOLE", access))) {
            var port = run.caller().port();

            assertThat(run.printed())
                    .containsPattern("\\n  Console     http://localhost:" + port + address + "\\n  Serving  ");
            var key = run.printed().replaceAll("(?s).*#key=(\\S+).*", "$1");
            assertThat(new Caller(port, key).check(check("ada")).status()).isEqualTo(200);
        }
    }

    @Test
    void showsNoKeyInTheAddressOfTheConsoleOfAServerWithKeys(@TempDir Path directory) throws Exception {
        try (var run = Run.of(directory, Map.of("ENABLE_REDIS", "false", "GATEHOUSE_API_KEYS", KEY.setting()))) {
            var port = run.caller().port();

            assertThat(run.printed())
                    .contains("\n  Console     http://localhost:" + port + "/\n")
                    .doesNotContain("#key=", KEY.value());
        }
    }

    @Test
    void showsNoConsoleThatIsOff(@TempDir Path directory) throws Exception {
        try (var run = Run.of(directory, Map.of("ENABLE_REDIS", "false", "GATEHOUSE_CONSOLE", "off"))) {
            run.caller();

            assertThat(run.printed()).contains("\n\n  Serving  ").doesNotContain("Console", "#key=");
        }
    }

    @Test
    void writesNoKeyOfADemoToLinesOfJson(@TempDir Path directory) throws Exception {
        try (var run = Run.of(directory, Map.of("ENABLE_REDIS", "false", "LOG_FORMAT", "json"))) {
            run.caller();

            assertThat(run.lines()).isNotEmpty();
            assertThat(run.printed()).doesNotContain("demo-", "#key=");
        }
    }

    private static String check(String subject) {
        return """
                {"limits":[{"name":"api","subject":"%s","limit":5,"windowSeconds":60}]}""".formatted(subject);
    }

    @Test
    void logsRequestAndTenantButNoSecretAsJson(@TempDir Path directory) throws Exception {
        try (var redis = RedisProcess.setup().password("redis-s3cret").start();
                var run = Run.of(
                        directory,
                        Map.of(
                                "LOG_FORMAT", "json",
                                "LOG_LEVEL", "debug",
                                "REDIS_LOG_COMMANDS", "true",
                                "GATEHOUSE_API_KEYS", KEY.setting(),
                                "REDIS_URL", redis.url()))) {
            var caller = run.caller();
            var first = caller.check(check("subject-s3cret"));
            caller.post(
                    "/v1/idempotency/claims",
                    "{\"key\":\"key-s3cret\",\"fingerprint\":\"print-s3cret\",\"owner\":\"owner-s3cret\"}");
            caller.post(
                    "/v1/idempotency/claims/complete",
                    "{\"key\":\"key-s3cret\",\"owner\":\"owner-s3cret\",\"response\":{\"status\":200,\"body\":\"body-s3cret\"}}");
            new Caller(caller.port(), "api-s3cret").check(check("ada"));
            caller.check("{\"s3cret");
            var denied = caller.check(check("subject-s3cret").replace(":5,", ":1,"));
            caller.post("/v1/path-s3cret?query=s3cret", "{}");
            redis.stop();
            await().atMost(PATIENCE).until(() -> {
                caller.check(check("subject-s3cret"));
                return run.printed().contains("is lost");
            });
            await().atMost(PATIENCE).until(() -> run.printed().contains("not-sent"));

            var lines = run.lines();

            assertThat(lines)
                    .allSatisfy(line -> {
                        assertThat(line).containsKeys("timestamp", "level", "logger", "message");
                        Instant.parse((String) line.get("timestamp"));
                    })
                    .anySatisfy(line -> assertThat(line)
                            .containsEntry("level", "DEBUG")
                            .containsEntry("logger", "requests")
                            .containsEntry("requestId", first.header("X-Request-Id"))
                            .containsEntry("tenant", "demo")
                            .hasEntrySatisfying("message", message -> assertThat((String) message)
                                    .matches("POST /v1/rate-limits/check 200 ok by redis in \\d+ us")))
                    .anySatisfy(line -> assertThat(line)
                            .containsEntry("logger", "commands")
                            .hasEntrySatisfying("message", message -> assertThat((String) message)
                                    .matches("check \\[gh:\\{demo:[\\w-]{12}}:[^,\\]]+] answered in \\d+ us")))
                    .anySatisfy(line -> assertThat(line)
                            .containsEntry("message", "limit.denied")
                            .containsEntry("level", "INFO")
                            .containsEntry("policy", "api")
                            .containsEntry("subjectTag", HashTag.of("subject-s3cret"))
                            .containsEntry("requestId", denied.header("X-Request-Id"))
                            .hasEntrySatisfying("retryAfterMillis", millis -> assertThat((Integer) millis)
                                    .isPositive()))
                    .anySatisfy(line -> assertThat(line).containsEntry("level", "WARN"));
            assertThat(run.printed())
                    .contains("claim [gh:{demo:", "complete [gh:{demo:")
                    .doesNotContain("s3cret", KEY.value(), "\tat ");
        }
    }

    @Test
    void logsNothingAsTextWhileHealthy(@TempDir Path directory) throws Exception {
        try (var redis = RedisProcess.start();
                var run = Run.of(directory, Map.of("GATEHOUSE_API_KEYS", KEY.setting(), "REDIS_URL", redis.url()))) {
            var caller = run.caller();
            await().until(() -> run.printed().endsWith("Ctrl-C stops.\n"));
            var banner = run.printed();
            assertThat(banner).doesNotContain("WARN", "ERROR");

            caller.check(check("ada"));
            assertThat(run.printed()).isEqualTo(banner);

            var put = caller.call("PUT", "/v1/rate-limits/policies/free", "{\"limit\":1,\"windowSeconds\":60}");
            var audited = banner + " INFO  audit audit action=policy.put by=demo what=free requestId="
                    + put.header("X-Request-Id") + "\n";
            assertThat(run.printed().replaceFirst("\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(?= INFO  audit)", ""))
                    .isEqualTo(audited);
            banner = run.printed();

            redis.stop();
            await().atMost(PATIENCE).until(() -> {
                caller.check(check("ada"));
                return run.printed().contains("is lost");
            });
            assertThat(run.printed().substring(banner.length()))
                    .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  Outage Redis at redis://.* is lost: .*\\n");
        }
    }
}
