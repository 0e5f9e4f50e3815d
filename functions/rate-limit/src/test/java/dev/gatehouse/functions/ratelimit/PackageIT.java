package dev.gatehouse.functions.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fixtures.EmfLine;
import dev.gatehouse.fixtures.FaultProxy;
import dev.gatehouse.fixtures.FunctionProcess;
import dev.gatehouse.fixtures.FunctionSetup;
import dev.gatehouse.fixtures.RedisProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The package as it is deployed, run by Lambda's own runtime client. */
class PackageIT {

    private static final Path ZIP = Path.of(System.getProperty("gatehouse.package"));
    private static final String HANDLER = "dev.gatehouse.lambda.HttpFunction";
    private static final String KEY = "it-key";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern NEEDLESS = Pattern.compile(
            "lib/(netty-codec-http|micronaut-http-server-netty|logback|"
                    + "swagger|embedded-redis|junit|micronaut-validation|micronaut-management|micrometer|prometheus|slf4j-simple).*");

    private static FunctionSetup function(String redisUrl) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(StandardCharsets.UTF_8));
        return FunctionProcess.of(ZIP, HANDLER)
                .env("REDIS_URL", redisUrl)
                // A busy machine loads the driver in more than the second that a decision has by default.
                .env("REDIS_CONNECTION_TIMEOUT", "5000")
                .env("REDIS_COMMAND_TIMEOUT", "1000")
                .env("GATEHOUSE_API_KEYS", "acme=" + HexFormat.of().formatHex(digest));
    }

    private static String check(String subject, long limit) {
        return event("/v1/rate-limits/check", """
                {"limits":[{"name":"api","subject":"%s","limit":%d,"windowSeconds":60}]}""".formatted(subject, limit));
    }

    private static String event(String path, String body) {
        return event("POST", path, body);
    }

    private static String event(String method, String path, String body) {
        return """
                {
                  "version": "2.0", "routeKey": "$default", "rawPath": "%1$s", "rawQueryString": "",
                  "headers": {"content-type": "application/json", "x-api-key": "%2$s", "host": "api.example"},
                  "requestContext": {
                    "accountId": "123456789012", "apiId": "a1b2c3", "stage": "$default", "routeKey": "$default",
                    "requestId": "JKJaXmPLvHcESHA=", "timeEpoch": 1700000000000,
                    "http": {"method": "%4$s", "path": "%1$s", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
                  },
                  "body": "%3$s", "isBase64Encoded": false
                }""".formatted(path, KEY, body.replace("\"", "\\\""), method);
    }

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", ZIP.getFileName(), Files.size(ZIP));
        assertThat(Files.size(ZIP)).isLessThanOrEqualTo(15_000_000);
        try (var zip = new ZipFile(ZIP.toFile())) {
            assertThat(zip.stream().map(Object::toString))
                    .contains("dev/gatehouse/functions/ratelimit/RateLimitController.class")
                    .noneMatch(NEEDLESS.asMatchPredicate());
        }
    }

    @Test
    void grantsOneLeaseAndNoSecond() throws Exception {
        var lock = event("/v1/rate-limits/leases", """
                {"name":"report","subject":"ada","limit":1,"leaseMillis":30000}""");
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).start()) {
            assertThat(function.invoke(lock, PATIENCE).response())
                    .contains("\"statusCode\":201")
                    .contains("\\\"inUse\\\":1")
                    .contains("\\\"degraded\\\":false");
            assertThat(function.invoke(lock, PATIENCE).response())
                    .contains("\"statusCode\":429")
                    .containsPattern("(?i)\"Retry-After\":\"(30|2[0-9])\"");
        }
    }

    @Test
    void answersACheckFromRedis() throws Exception {
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).start()) {
            assertThat(function.invoke(check("ada", 1), PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"allowed\\\":true")
                    .contains("\\\"degraded\\\":false")
                    .containsIgnoringCase("\"Gatehouse-Source\":\"redis\"")
                    .containsIgnoringCase("\"X-Request-Id\":\"JKJaXmPLvHcESHA=\"")
                    .containsIgnoringCase("\"Cache-Control\":\"no-store\"");
            assertThat(function.invoke(check("ada", 1), PATIENCE).response())
                    .contains("\"statusCode\":429")
                    .containsPattern("(?i)\"Retry-After\":\"(60|5[0-9])\"")
                    .contains("quota-exceeded");
            assertThat(redis.clients())
                    .as("one connection an execution environment")
                    .hasSize(1);
        }
    }

    @Test
    void keepsAPolicyAndDecidesAndCorrectsByItsName() throws Exception {
        var policy = "/v1/rate-limits/policies/free";
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).start()) {
            assertThat(function.invoke(event("PUT", policy, "{\"limit\":3,\"windowSeconds\":86400}"), PATIENCE)
                            .response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"burst\\\":3");
            assertThat(function.invoke(event("GET", policy, ""), PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"algorithm\\\":\\\"gcra\\\"");
            assertThat(function.invoke(
                                    event("PUT", policy + "/overrides", "{\"subject\":\"ada\",\"limit\":9}"), PATIENCE)
                            .response())
                    .contains("\"statusCode\":200");
            var limits = "{\"limits\":[{\"policy\":\"free\",\"subject\":\"ada\"}]}";
            assertThat(function.invoke(event("/v1/rate-limits/check", limits), PATIENCE)
                            .response())
                    .contains("\\\"remaining\\\":8");
            assertThat(function.invoke(event("/v1/rate-limits/refund", limits), PATIENCE)
                            .response())
                    .contains("\\\"remaining\\\":9");
            assertThat(function.invoke(event("DELETE", policy + "/overrides", "{\"subject\":\"ada\"}"), PATIENCE)
                            .response())
                    .contains("\"statusCode\":204");
            assertThat(function.invoke(event("DELETE", policy, ""), PATIENCE).response())
                    .contains("\"statusCode\":204");
            assertThat(function.invoke(event("/v1/rate-limits/check", limits), PATIENCE)
                            .response())
                    .contains("\"statusCode\":400")
                    .contains("is not a known policy");
        }
    }

    @Test
    void startsWithoutRedisAndFindsItOnceItIsThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = function(redis.url()).start()) {
                assertThat(function.invoke(check("ada", 5), PATIENCE).response())
                        .contains("\"statusCode\":200")
                        .contains("\\\"degraded\\\":true")
                        .containsIgnoringCase("\"Gatehouse-Source\":\"local\"");
                assertThat(function.runtime().initError()).isEmpty();

                redis.restart();

                await().atMost(Duration.ofSeconds(10)).until(() -> function.invoke(check("ada", 5), PATIENCE)
                        .response()
                        .contains("\\\"degraded\\\":false"));
                assertThat(function.stdout() + function.stderr())
                        .contains("is lost: the connection was refused")
                        .contains("is back after");
            }
        }
    }

    @Test
    void eachRequestPrintsALineThatCloudWatchCanReadAndNoSecretIsInAny() throws Exception {
        try (var redis = RedisProcess.setup().password("redis-s3cret").start();
                var function = function(redis.url())
                        .env("REDIS_LOG_COMMANDS", "true")
                        .env("GATEHOUSE_REMEMBER_DENIALS", "off")
                        .start()) {
            function.invoke(check("subject-s3cret", 1), PATIENCE);
            function.invoke(check("subject-s3cret", 1), PATIENCE);
            function.invoke(event("/v1/rate-limits/check", "{"), PATIENCE);
            function.invoke("{}", PATIENCE);
            redis.stop();
            function.invoke(check("subject-s3cret", 1), PATIENCE);
            await().atMost(PATIENCE).until(() -> EmfLine.in(function.stdout()).size() == 5);

            var lines = EmfLine.in(function.stdout());

            assertThat(lines)
                    .extracting(line -> line.members().get("Outcome"))
                    .containsExactly("ok", "quota-exceeded", "invalid-request", "invalid-request", "ok");
            assertThat(lines)
                    .extracting(line -> line.members().get("source"))
                    .containsExactly("redis", "redis", "none", "none", "local");
            assertThat(lines).extracting(line -> line.value("Degraded")).containsExactly(0.0, 0.0, 0.0, 0.0, 1.0);
            assertThat(lines).extracting(line -> line.value("ColdStart")).containsExactly(1.0, 0.0, 0.0, 0.0, 0.0);
            assertThat(lines)
                    .extracting(line -> line.metrics().containsKey("RedisRoundTrip"))
                    .containsExactly(true, true, false, false, false);
            assertThat(lines.getLast().value("RedisFailures")).isPositive();
            assertThat(lines.getFirst().members())
                    .containsEntry("FunctionName", "gatehouse-test")
                    .containsEntry("function", "rate-limit")
                    .containsEntry("requestId", "JKJaXmPLvHcESHA=")
                    .containsEntry("tenant", "acme");
            assertThat(function.stdout().lines())
                    .as("all that is printed is JSON")
                    .allMatch(line -> line.startsWith("{") && line.endsWith("}"))
                    .anyMatch(line -> line.contains("\"logger\":\"commands\",\"message\":\"check [gh:{acme:"))
                    .anyMatch(line -> line.contains("\"logger\":\"Outage\"")
                            && line.contains("\"requestId\":\"JKJaXmPLvHcESHA=\""));
            assertThat(function.stdout() + function.stderr()).doesNotContain("s3cret", KEY);
        }
    }

    @Test
    void withTheClosedPolicyItRefusesToDecideWithoutRedis() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = function(redis.url())
                    .env("GATEHOUSE_RATE_LIMIT_WHEN_DOWN", "closed")
                    .start()) {
                assertThat(function.invoke(check("ada", 5), PATIENCE).response())
                        .contains("\"statusCode\":503")
                        .containsIgnoringCase("\"Retry-After\":\"1\"")
                        .contains("urn:gatehouse:problem:store-unavailable");
            }
        }
    }

    @Test
    void aReplyThatIsSwallowedIsAnsweredInTimeAndChargedOnce() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var function =
                        function("redis://" + wire.host() + ":" + wire.port()).start()) {
            function.invoke(check("warm", 100), PATIENCE);
            wire.swallowNextReply();
            var swallowed = function.invoke(check("ada", 100), PATIENCE);
            assertThat(swallowed.response()).contains("\\\"degraded\\\":true");
            assertThat(TimeUnit.NANOSECONDS.toMillis(swallowed.latencyNanos()))
                    .as("the command's second, and what the first use of the local memory takes to load")
                    .isBetween(990L, 5_000L);
            wire.pass();
            await().until(() ->
                    function.invoke(check("ada", 100), PATIENCE).response().contains("\\\"remaining\\\":98"));
        }
    }

    @Test
    void aMalformedEventIsAnsweredAndNotThrown() throws Exception {
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).start()) {
            assertThat(function.invoke("{}", PATIENCE).response()).contains("\"statusCode\":400");
            assertThat(function.invoke(event("/v1/rate-limits/check", "{"), PATIENCE)
                            .response())
                    .contains("\"statusCode\":400")
                    .contains("urn:gatehouse:problem:invalid-request");
            assertThat(function.invoke(event("/nowhere", "{}"), PATIENCE).response())
                    .contains("\"statusCode\":404")
                    .contains("application/problem+json");
            assertThat(redis.calls("evalsha")).isZero();
        }
    }

    @Test
    void aWrongSettingEndsTheStartWithOneLine() throws Exception {
        try (var function = function("redis://:s3cret@localhost:99999").start()) {
            await().atMost(PATIENCE).until(() -> function.runtime().initError().isPresent());
            assertThat(function.runtime().initError().orElseThrow())
                    .contains("\"errorMessage\":\"REDIS_URL has a port out of range: 99999\"")
                    .contains("InvalidSetting");
            assertThat(function.stdout() + function.stderr())
                    .doesNotContain("\tat dev.gatehouse")
                    .doesNotContain("s3cret");
        }
    }

    /** The framework's handlers leak at every invocation unless that is mended: time and heap would grow. */
    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void fiftyThousandInvocationsLeaveTimeAndHeapAsTheyWere() throws Exception {
        var invocations = 50_000;
        var nanos = new long[invocations];
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).start()) {
            var heapEarly = 0L;
            for (var i = 0; i < invocations; i++) {
                if (i == 5_000) {
                    heapEarly = function.liveHeapBytes();
                }
                var result = function.invoke(check("subject-" + i % 500, 1_000_000), PATIENCE);
                nanos[i] = result.latencyNanos();
                assertThat(result.response()).contains("\"statusCode\":200");
            }
            var heapLate = function.liveHeapBytes();
            // The calmest thousand of each end: how busy the machine was meanwhile is not what is asked.
            var early = leastMedian(nanos, 1_000, 6_000);
            var late = leastMedian(nanos, invocations - 5_000, invocations);
            System.out.printf(
                    "p50 of a thousand soon after the start %.3f ms, at the end %.3f ms; live heap %,d then %,d bytes%n",
                    early / 1e6, late / 1e6, heapEarly, heapLate);
            assertThat(late).isLessThanOrEqualTo(early * 1.2);
            assertThat(heapLate).isLessThanOrEqualTo((long) (heapEarly * 1.05));
        }
    }

    private static double leastMedian(long[] nanos, int from, int to) {
        return IntStream.iterate(from, start -> start < to, start -> start + 1_000)
                .mapToDouble(start -> median(nanos, start, start + 1_000))
                .min()
                .orElseThrow();
    }

    private static double median(long[] nanos, int from, int to) {
        var sorted = Arrays.copyOfRange(nanos, from, to);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
