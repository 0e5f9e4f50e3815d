package dev.gatehouse.functions.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The package as it is deployed, run by Lambda's own runtime client. */
class PackageIT {

    private static final Path ZIP = Path.of(System.getProperty("gatehouse.package"));
    private static final String HANDLER = "dev.gatehouse.lambda.HttpFunction";
    private static final String KEY = "it-key";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Pattern NEEDLESS = Pattern.compile("lib/(netty-codec-http|micronaut-http-server-netty|logback|"
            + "swagger|embedded-redis|junit|micronaut-validation|micronaut-management).*");

    private static FunctionSetup function(String redisUrl) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(StandardCharsets.UTF_8));
        return FunctionProcess.of(ZIP, HANDLER)
                .env("REDIS_URL", redisUrl)
                // A busy machine loads the driver in more than the second that a decision has by default.
                .env("REDIS_CONNECTION_TIMEOUT", "5000")
                .env("REDIS_COMMAND_TIMEOUT", "1000")
                .env("GATEHOUSE_API_KEYS", "acme=" + HexFormat.of().formatHex(digest));
    }

    private static String claim(String key) {
        return event("/v1/idempotency/claims", "{\"key\":\"%s\"}".formatted(key));
    }

    private static String claim(String key, String owner) {
        return event("/v1/idempotency/claims", "{\"key\":\"%s\",\"owner\":\"%s\"}".formatted(key, owner));
    }

    private static String complete(String key, String owner) {
        return event(
                "/v1/idempotency/claims/complete",
                "{\"key\":\"%s\",\"owner\":\"%s\",\"response\":{\"status\":201,\"body\":\"AAH+/w==\",\"bodyEncoding\":\"base64\"}}"
                        .formatted(key, owner));
    }

    private static String event(String path, String body) {
        return """
                {
                  "version": "2.0", "routeKey": "$default", "rawPath": "%1$s", "rawQueryString": "",
                  "headers": {"content-type": "application/json", "x-api-key": "%2$s", "host": "api.example"},
                  "requestContext": {
                    "accountId": "123456789012", "apiId": "a1b2c3", "stage": "$default", "routeKey": "$default",
                    "requestId": "JKJaXmPLvHcESHA=", "timeEpoch": 1700000000000,
                    "http": {"method": "POST", "path": "%1$s", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
                  },
                  "body": "%3$s", "isBase64Encoded": false
                }""".formatted(path, KEY, body.replace("\"", "\\\""));
    }

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", ZIP.getFileName(), Files.size(ZIP));
        assertThat(Files.size(ZIP)).isLessThanOrEqualTo(15_000_000);
        try (var zip = new ZipFile(ZIP.toFile())) {
            assertThat(zip.stream().map(Object::toString))
                    .contains("dev/gatehouse/functions/idempotency/IdempotencyController.class")
                    .noneMatch(NEEDLESS.asMatchPredicate());
        }
    }

    @Test
    void claimsCompletesAndReplaysOnRedis() throws Exception {
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).start()) {
            assertThat(function.invoke(claim("k", "ada"), PATIENCE).response())
                    .contains("\"statusCode\":201")
                    .contains("\\\"outcome\\\":\\\"claimed\\\"")
                    .contains("\\\"degraded\\\":false")
                    .containsIgnoringCase("\"Gatehouse-Source\":\"redis\"")
                    .containsIgnoringCase("\"X-Request-Id\":\"JKJaXmPLvHcESHA=\"")
                    .containsIgnoringCase("\"Cache-Control\":\"no-store\"");
            assertThat(function.invoke(claim("k"), PATIENCE).response())
                    .contains("\"statusCode\":409")
                    .containsPattern("(?i)\"Retry-After\":\"(30|2[0-9])\"")
                    .contains("\\\"claimedBy\\\":\\\"JKJaXmPLvHcESHA=\\\"");
            assertThat(function.invoke(complete("k", "ada"), PATIENCE).response())
                    .contains("\"statusCode\":200");
            assertThat(function.invoke(claim("k"), PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .containsIgnoringCase("\"Idempotent-Replayed\":\"true\"")
                    .contains("\\\"body\\\":\\\"AAH+/w==\\\"");
            assertThat(redis.clients())
                    .as("one connection an execution environment")
                    .hasSize(1);
        }
    }

    @Test
    void whoWaitsIsAnsweredBeforeTheInvocationEnds() throws Exception {
        var waiting = event("/v1/idempotency/claims", "{\"key\":\"k\",\"waitMillis\":20000}");
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).start()) {
            function.invoke(claim("k"), PATIENCE);

            var waited = function.invoke(waiting, Duration.ofSeconds(3));

            assertThat(waited.response()).contains("\"statusCode\":409").contains("idempotency-in-flight");
            assertThat(TimeUnit.NANOSECONDS.toMillis(waited.latencyNanos())).isBetween(1_000L, 3_000L);
        }
    }

    @Test
    void startsWithoutRedisRefusesToDecideAndFindsItOnceItIsThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = function(redis.url()).start()) {
                assertThat(function.invoke(claim("k"), PATIENCE).response())
                        .contains("\"statusCode\":503")
                        .containsIgnoringCase("\"Retry-After\":\"1\"")
                        .contains("urn:gatehouse:problem:store-unavailable");
                assertThat(function.runtime().initError()).isEmpty();

                redis.restart();

                await().atMost(Duration.ofSeconds(10)).until(() -> function.invoke(claim("k", "ada"), PATIENCE)
                        .response()
                        .contains("\\\"degraded\\\":false"));
            }
        }
    }

    @Test
    void aReplyThatIsSwallowedIsAskedForAgainInTime() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var function =
                        function("redis://" + wire.host() + ":" + wire.port()).start()) {
            function.invoke(claim("warm"), PATIENCE);
            wire.swallowNextReplyAndReset();
            assertThat(function.invoke(claim("k", "ada"), PATIENCE).response())
                    .contains("\"statusCode\":201")
                    .contains("\\\"attempt\\\":1");
        }
    }

    @Test
    void aMalformedEventIsAnsweredAndNotThrown() throws Exception {
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).start()) {
            assertThat(function.invoke("{}", PATIENCE).response()).contains("\"statusCode\":400");
            assertThat(function.invoke(event("/v1/idempotency/claims", "{"), PATIENCE)
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
            await().until(() -> function.runtime().initError().isPresent());
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
    void twentyThousandInvocationsLeaveTimeAndHeapAsTheyWere() throws Exception {
        var invocations = 20_000;
        var nanos = new long[invocations];
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).start()) {
            var heapEarly = 0L;
            for (var i = 0; i < invocations; i++) {
                if (i == 5_000) {
                    heapEarly = function.liveHeapBytes();
                }
                var result = function.invoke(claim("key-" + i % 500, "ada"), PATIENCE);
                nanos[i] = result.latencyNanos();
                assertThat(result.response()).contains("\"statusCode\":201");
            }
            var heapLate = function.liveHeapBytes();
            var early = median(nanos, 1_000, 2_000);
            var late = median(nanos, invocations - 1_000, invocations);
            System.out.printf(
                    "p50 of the second thousand %.3f ms, of the last %.3f ms; live heap %,d then %,d bytes%n",
                    early / 1e6, late / 1e6, heapEarly, heapLate);
            assertThat(late).isLessThanOrEqualTo(early * 1.2);
            assertThat(heapLate).isLessThanOrEqualTo((long) (heapEarly * 1.05));
        }
    }

    private static double median(long[] nanos, int from, int to) {
        var sorted = Arrays.copyOfRange(nanos, from, to);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
