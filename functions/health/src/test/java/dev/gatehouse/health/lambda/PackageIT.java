// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.lambda.Deployment;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Ending;
import dev.gatehouse.testkit.logs.EmfLine;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Runs the package as it is deployed, by AWS's own runtime client or as an image. */
@ConcurrentTests
class PackageIT {

    private static final Path ZIP = Path.of(System.getProperty("gatehouse.package"));
    private static final String HTTP = "dev.gatehouse.lambda.HttpApiHandler";
    private static final String SCHEDULED = "dev.gatehouse.health.lambda.ScheduledCheck";
    private static final String KEY = "it-key";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern NEEDLESS = Pattern.compile("lib/(netty-codec-http|micronaut-http-server-netty|logback|"
            + "swagger|embedded-redis|junit|micronaut-validation|slf4j-simple).*");

    /** An event of EventBridge Scheduler. */
    private static final String EVENT = """
            {"version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
             "source": "aws.scheduler", "account": "123456789012", "time": "2026-11-21T16:00:00Z", "region": "eu-central-1",
             "resources": ["arn:aws:scheduler:eu-central-1:123456789012:schedule/default/health"], "detail": "{}"}""";

    private static FunctionSetup function(String handler, String redisUrl) throws Exception {
        var function = FunctionProcess.of(ZIP, handler)
                .env("REDIS_URL", redisUrl)
                // The first connection on a cold machine is slow.
                .env("REDIS_CONNECTION_TIMEOUT", "5000")
                .env("REDIS_COMMAND_TIMEOUT", "2000");
        // The scheduled check has no callers.
        return handler.equals(HTTP) ? function.env("GATEHOUSE_API_KEYS", "acme=" + digest()) : function;
    }

    private static String digest() throws Exception {
        var digest = MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }

    private static String get(String path, String headers) {
        return """
                {
                  "version": "2.0", "routeKey": "$default", "rawPath": "%1$s", "rawQueryString": "",
                  "headers": {%2$s"host": "api.example"},
                  "requestContext": {
                    "accountId": "123456789012", "apiId": "a1b2c3", "stage": "$default", "routeKey": "$default",
                    "requestId": "JKJaXmPLvHcESHA=", "timeEpoch": 1700000000000,
                    "http": {"method": "GET", "path": "%1$s", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
                  },
                  "isBase64Encoded": false
                }""".formatted(path, headers);
    }

    private static String get(String path) {
        return get(path, "");
    }

    private static String getWithKey(String path) {
        return get(path, "\"x-api-key\": \"" + KEY + "\", ");
    }

    @Test
    void theZipIsSmallAndHoldsOnlyWhatTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", ZIP.getFileName(), Files.size(ZIP));
        assertThat(Files.size(ZIP)).isLessThanOrEqualTo(20_000_000);
        try (var zip = new ZipFile(ZIP.toFile())) {
            assertThat(zip.stream().map(Object::toString))
                    .contains("dev/gatehouse/health/http/RedisHealthController.class")
                    .contains("dev/gatehouse/health/lambda/ScheduledCheck.class")
                    .noneMatch(NEEDLESS.asMatchPredicate());
        }
    }

    @Test
    @DeepTest
    void theRoutesRespondOnRedis() throws Exception {
        try (var redis = RedisProcess.setup().password("s3cret").start();
                var function =
                        Deployment.underTest().of(function(HTTP, redis.url())).start()) {
            assertThat(function.invoke(get("/health/liveness"), PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("{\\\"status\\\":\\\"UP\\\"}");
            assertThat(redis.calls("evalsha")).as("liveness does not use Redis").isZero();
            assertThat(function.invoke(get("/health"), PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\"body\":\"{\\\"status\\\":\\\"UP\\\"}\"");
            assertThat(function.invoke(get("/health/readiness"), PATIENCE).response())
                    .contains("\"statusCode\":200");
            assertThat(function.invoke(getWithKey("/health"), PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"redis\\\":{", "\\\"link\\\":{", "\\\"circuit\\\":\\\"closed\\\"")
                    .doesNotContain("diskSpace", "service");
            assertThat(function.invoke(getWithKey("/info"), PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"version\\\"");
            assertThat(function.invoke(getWithKey("/health/redis"), PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"status\\\":\\\"healthy\\\"")
                    .contains("\\\"url\\\":\\\"redis://:***@127.0.0.1")
                    .doesNotContain("s3cret");
            assertThat(function.invoke(getWithKey("/health/detailed"), PATIENCE).response())
                    .contains("\\\"environment\\\":\\\"lambda\\\"");
            assertThat(function.invoke(getWithKey("/redis/stats"), PATIENCE).response())
                    .contains("\\\"evictionPolicy\\\":\\\"noeviction\\\"");
            for (var path : new String[] {"/health/redis", "/health/detailed", "/redis/stats", "/info"}) {
                assertThat(function.invoke(get(path), PATIENCE).response()).contains("\"statusCode\":401");
            }
            assertThat(redis.clients())
                    .as("one connection for each execution environment")
                    .hasSize(1);
        }
    }

    @Test
    void theRoutesRespondWithoutRedis() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = function(HTTP, redis.url()).onOneClassPath().start()) {
                assertThat(function.invoke(get("/health/liveness"), PATIENCE).response())
                        .contains("\"statusCode\":200");
                assertThat(function.invoke(get("/health/readiness"), PATIENCE).response())
                        .contains("\"statusCode\":503")
                        .contains("{\\\"status\\\":\\\"DOWN\\\"}");
                assertThat(function.invoke(getWithKey("/health/redis"), PATIENCE)
                                .response())
                        .contains("\"statusCode\":503")
                        .contains("\\\"connected\\\":false");
            }
        }
    }

    @Test
    @DeepTest
    void theScheduledCheckSucceedsAndReportsWarnings() throws Exception {
        try (var redis = RedisProcess.setup().password("s3cret").start();
                var function = Deployment.underTest()
                        .of(function(SCHEDULED, redis.url()))
                        .start()) {
            for (var i = 0; i < 3; i++) {
                assertThat(function.invoke(EVENT, PATIENCE).response())
                        .contains("\"status\":\"healthy\"")
                        .contains("\"redis\":\"redis://:***@127.0.0.1:" + redis.port() + "/0\"")
                        .contains("\"troubles\":[]");
            }
            assertThat(redis.calls("info")).as("one for each check").isGreaterThanOrEqualTo(3);
            assertThat(redis.calls("del")).isGreaterThanOrEqualTo(3);
            assertThat(redis.calls("evalsha")).isGreaterThanOrEqualTo(3);
            assertThat(redis.clients()).hasSize(1);
            await().atMost(PATIENCE).until(() -> function.stdout().contains("is healthy"));
            assertThat(function.stdout().lines().filter(line -> line.contains("is healthy")))
                    .as("logged once, with the id of its invocation")
                    .singleElement()
                    .asString()
                    .startsWith("{\"timestamp\":")
                    .containsPattern("\"requestId\":\"[^\"]+\"");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(EmfLine.in(function.stdout()))
                    .as("a line of metrics for each check")
                    .hasSize(3)
                    .allMatch(line -> line.value("RedisMemoryUsedBytes") > 0)
                    .extracting(line -> line.members().get("requestId"))
                    .doesNotContainNull()
                    .doesNotHaveDuplicates());

            redis.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");

            assertThat(function.invoke(EVENT, PATIENCE).response())
                    .contains("\"status\":\"degraded\"")
                    .contains("\"troubles\":[\"eviction-can-drop-claims\"]");
            await().atMost(PATIENCE).until(() -> function.stdout().contains("Set maxmemory-policy to noeviction"));
            assertThat(function.stdout() + function.stderr()).doesNotContain("s3cret");
        }
    }

    @Test
    @DeepTest
    void theScheduledCheckFailsWithOneLineUntilRedisIsBack() throws Exception {
        try (var redis = RedisProcess.setup().password("s3cret").start()) {
            redis.stop();
            try (var function =
                    Deployment.underTest().of(function(SCHEDULED, redis.url())).start()) {
                fails(
                        function,
                        "Redis at redis://:***@127.0.0.1:" + redis.port() + "/0 is down: the connection was refused.");
                redis.restart();
                await().atMost(PATIENCE)
                        .until(() -> function.invoke(EVENT, PATIENCE).ending() == Ending.RESPONSE);
            }
        }
    }

    @Test
    void theScheduledCheckFailsIfThePasswordIsWrong() throws Exception {
        try (var redis = RedisProcess.setup().password("s3cret-right").start();
                var function = function(SCHEDULED, "redis://:s3cret-wrong@127.0.0.1:" + redis.port())
                        .onOneClassPath()
                        .start()) {
            fails(function, "is down: the user or password is wrong. Redis rejects the credentials");
        }
    }

    @Test
    void theScheduledCheckFailsIfRedisRejectsWrites() throws Exception {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start();
                var function =
                        function(SCHEDULED, replica.url()).onOneClassPath().start()) {
            fails(function, "does not serve. This Redis is a read-only replica and rejects writes.");
        }
    }

    @Test
    @DeepTest
    void theScheduledCheckEndsBeforeItsInvocationIfRedisDoesNotReply() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var function = Deployment.underTest()
                        .of(function(SCHEDULED, "redis://" + wire.host() + ":" + wire.port()))
                        .env("REDIS_COMMAND_TIMEOUT", "20000")
                        .start()) {
            function.invoke(EVENT, PATIENCE);
            wire.blackHole();

            var ended = function.invoke(EVENT, Duration.ofSeconds(5));

            assertThat(ended.ending()).isEqualTo(Ending.ERROR);
            assertThat(ended.body()).contains("is down: no reply");
            assertThat(TimeUnit.NANOSECONDS.toMillis(ended.latencyNanos())).isLessThan(5_000);
        }
    }

    private static void fails(FunctionProcess function, String message) {
        var result = function.invoke(EVENT, PATIENCE);

        assertThat(result.ending()).isEqualTo(Ending.ERROR);
        assertThat(result.body())
                .contains(message)
                .contains("RedisDoesNotServe")
                .contains("\"stackTrace\":[]")
                .doesNotContain("s3cret");
        assertThat(function.stdout() + function.stderr())
                .doesNotContain("\tat dev.gatehouse")
                .doesNotContain("s3cret");
    }
}
