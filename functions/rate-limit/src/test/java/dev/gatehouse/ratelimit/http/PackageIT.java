// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.HashTag;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.lambda.Deployment;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.HeapGrowth;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.logs.EmfLine;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The package as it is deployed, run by AWS's own runtime client, or as an image by that in it. */
@ConcurrentTests
class PackageIT {

    private static final HttpPackage PACKAGE = HttpPackage.underTest();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static String check(String subject, long limit) {
        return HttpPackage.post("/v1/rate-limits/check", """
                {"limits":[{"name":"api","subject":"%s","limit":%d,"windowSeconds":60}]}""".formatted(subject, limit));
    }

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", PACKAGE.zip().getFileName(), Files.size(PACKAGE.zip()));
        assertThat(Files.size(PACKAGE.zip())).isLessThanOrEqualTo(20_000_000);
        assertThat(PACKAGE.entries()).contains("dev/gatehouse/ratelimit/http/RateLimitController.class");
        assertThat(PACKAGE.needless()).isEmpty();
    }

    @Test
    @DeepTest
    void decidesOnRedis() {
        try (var redis = RedisProcess.start();
                var function =
                        Deployment.underTest().of(PACKAGE.on(redis.url())).start()) {
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
            grantsOneLease(function);
            decidesAndCorrectsByAPolicy(function);
            assertThat(redis.clients())
                    .as("one connection an execution environment")
                    .hasSize(1);
        }
    }

    private static void grantsOneLease(FunctionProcess function) {
        var lock = HttpPackage.post("/v1/rate-limits/leases", """
                {"name":"report","subject":"ada","limit":1,"leaseMillis":30000}""");
        assertThat(function.invoke(lock, PATIENCE).response())
                .contains("\"statusCode\":201")
                .contains("\\\"inUse\\\":1")
                .contains("\\\"degraded\\\":false");
        assertThat(function.invoke(lock, PATIENCE).response())
                .contains("\"statusCode\":429")
                .containsPattern("(?i)\"Retry-After\":\"(30|2[0-9])\"");
    }

    private static void decidesAndCorrectsByAPolicy(FunctionProcess function) {
        var policy = "/v1/rate-limits/policies/free";
        var limits = "{\"limits\":[{\"policy\":\"free\",\"subject\":\"ada\"}]}";
        assertThat(function.invoke(HttpPackage.event("PUT", policy, "{\"limit\":3,\"windowSeconds\":86400}"), PATIENCE)
                        .response())
                .contains("\"statusCode\":200")
                .contains("\\\"burst\\\":3");
        assertThat(function.invoke(HttpPackage.event("GET", policy, ""), PATIENCE)
                        .response())
                .contains("\"statusCode\":200")
                .contains("\\\"algorithm\\\":\\\"gcra\\\"");
        assertThat(function.invoke(
                                HttpPackage.event("PUT", policy + "/overrides", "{\"subject\":\"ada\",\"limit\":9}"),
                                PATIENCE)
                        .response())
                .contains("\"statusCode\":200");
        assertThat(function.invoke(HttpPackage.post("/v1/rate-limits/check", limits), PATIENCE)
                        .response())
                .contains("\\\"remaining\\\":8");
        assertThat(function.invoke(HttpPackage.post("/v1/rate-limits/refund", limits), PATIENCE)
                        .response())
                .contains("\\\"remaining\\\":9");
        var held = limits.replaceFirst("}$", ",\"holdMillis\":60000,\"unsettled\":\"keep\",\"holdId\":\"a\"}");
        assertThat(function.invoke(HttpPackage.post("/v1/rate-limits/check", held), PATIENCE)
                        .response())
                .contains("\\\"remaining\\\":8")
                .contains("\\\"holdId\\\":\\\"a\\\"");
        var settling = "{\"policy\":\"free\",\"subject\":\"ada\",\"holdId\":\"a\",\"actual\":0}";
        assertThat(function.invoke(HttpPackage.post("/v1/rate-limits/settle", settling), PATIENCE)
                        .response())
                .contains("\\\"remaining\\\":9");
        assertThat(function.invoke(
                                HttpPackage.event("DELETE", policy + "/overrides", "{\"subject\":\"ada\"}"), PATIENCE)
                        .response())
                .contains("\"statusCode\":204");
        assertThat(function.invoke(HttpPackage.event("DELETE", policy, ""), PATIENCE)
                        .response())
                .contains("\"statusCode\":204");
        assertThat(function.invoke(HttpPackage.post("/v1/rate-limits/check", limits), PATIENCE)
                        .response())
                .contains("\"statusCode\":400")
                .contains("is not a known policy");
    }

    @Test
    void reportsChangesDenialsAndDecisionsByPolicy() throws Exception {
        try (var redis = RedisProcess.start();
                var function = PACKAGE.on(redis.url()).onOneClassPath().start()) {
            var policy =
                    HttpPackage.event("PUT", "/v1/rate-limits/policies/free", "{\"limit\":2,\"windowSeconds\":3600}");
            var check = HttpPackage.post(
                    "/v1/rate-limits/check", "{\"limits\":[{\"policy\":\"free\",\"subject\":\"subject-s3cret\"}]}");
            function.invoke(policy, PATIENCE);
            for (int i = 0; i < 4; i++) {
                function.invoke(check, PATIENCE);
            }
            await().atMost(PATIENCE).until(() -> EmfLine.in(function.stdout()).size() == 5);

            assertThat(function.stdout().lines().filter(line -> line.contains("\"message\":\"audit\"")))
                    .singleElement()
                    .asString()
                    .contains(
                            "\"action\":\"policy.put\",\"by\":\"acme\",\"what\":\"free\"",
                            "\"traceId\":\"1-5759e988-bd862e3fe1be46a994272793\"");
            assertThat(function.stdout().lines().filter(line -> line.contains("\"message\":\"limit.denied\"")))
                    .singleElement()
                    .asString()
                    .contains(
                            "\"tenant\":\"acme\",\"policy\":\"free\",\"subjectTag\":\"" + HashTag.of("subject-s3cret"))
                    .containsPattern("\"retryAfterMillis\":\\d+,")
                    .contains(
                            "\"requestId\":\"JKJaXmPLvHcESHA=\"",
                            "\"traceId\":\"1-5759e988-bd862e3fe1be46a994272793\"");
            var lines = EmfLine.in(function.stdout());
            assertThat(lines)
                    .extracting(line -> line.members().get("Policy"))
                    .containsExactly(null, "free", "free", "free", "free");
            assertThat(lines)
                    .extracting(line -> line.value("PolicyChecksAllowed"))
                    .containsExactly(null, 1.0, 1.0, null, null);
            assertThat(lines)
                    .extracting(line -> line.value("PolicyChecksDenied"))
                    .containsExactly(null, null, null, 1.0, 1.0);
            assertThat(lines)
                    .extracting(line -> line.value("PolicyUsageNearLimit"))
                    .containsExactly(null, null, 1.0, null, null);
            assertThat(function.stdout() + function.stderr()).doesNotContain("s3cret");
        }
    }

    @Test
    @DeepTest
    void startsWithoutRedisAndFindsItOnceItIsThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function =
                    Deployment.underTest().of(PACKAGE.on(redis.url())).start()) {
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

    /** A denial only reads, which a full Redis answers as ever: it must not end the outage that the next charge begins. */
    @Test
    void aFullRedisIsOneOutageUntilThereIsRoomAgain() throws Exception {
        try (var redis = RedisProcess.start();
                var function = PACKAGE.on(redis.url())
                        .onOneClassPath()
                        .env("GATEHOUSE_REMEMBER_DENIALS", "off")
                        .env("REDIS_CONNECTION_TIMEOUT", "10000")
                        .env("REDIS_COMMAND_TIMEOUT", "10000")
                        .start()) {
            assertThat(function.invoke(check("denied", 1), PATIENCE).response()).contains("\\\"degraded\\\":false");
            redis.cli("CONFIG", "SET", "maxmemory", "1");

            await().atMost(PATIENCE).until(() -> {
                function.invoke(check("charged", 1_000), PATIENCE);
                function.invoke(check("denied", 1), PATIENCE);
                return changesOfTheCircuit(function).filter("half-open"::equals).count() >= 2;
            });
            assertThat(changesOfTheCircuit(function)).contains("open").doesNotContain("closed");

            redis.cli("CONFIG", "SET", "maxmemory", "0");

            await().atMost(PATIENCE).until(() -> function.invoke(check("charged", 1_000), PATIENCE)
                    .response()
                    .contains("\\\"degraded\\\":false"));
            await().atMost(PATIENCE).untilAsserted(() -> {
                // The reply to a write after the check ends the outage; it is read at the next invocation.
                function.invoke(check("charged", 1_000), PATIENCE);
                assertThat(function.stdout()).containsOnlyOnce("is lost: it replies with OOM");
                assertThat(function.stdout()).containsOnlyOnce("is back after");
            });
        }
    }

    private static Stream<String> changesOfTheCircuit(FunctionProcess function) {
        return EmfLine.in(function.stdout()).stream()
                .map(line -> line.members().get("circuit"))
                .filter(Objects::nonNull)
                .flatMap(changes -> Stream.of(changes.toString().split(" ", -1)));
    }

    @Test
    @DeepTest
    void eachRequestPrintsALineThatCloudWatchCanReadAndNoSecretIsInAny() throws Exception {
        try (var redis = RedisProcess.setup().password("redis-s3cret").start();
                var function = Deployment.underTest()
                        .of(PACKAGE.on(redis.url()))
                        .env("REDIS_LOG_COMMANDS", "true")
                        .env("GATEHOUSE_REMEMBER_DENIALS", "off")
                        .start()) {
            function.invoke(check("subject-s3cret", 1), PATIENCE);
            function.invoke(check("subject-s3cret", 1), PATIENCE);
            function.invoke(HttpPackage.post("/v1/rate-limits/check", "{"), PATIENCE);
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
                    .anyMatch(line -> line.contains("\"logger\":\"commands\",\"message\":\"check [gh:{acme:")
                            && line.contains("\"tenant\":\"acme\""))
                    .anyMatch(line -> line.contains("\"logger\":\"Outage\"")
                            && line.contains("\"requestId\":\"JKJaXmPLvHcESHA=\""));
            assertThat(function.stdout() + function.stderr()).doesNotContain("s3cret", HttpPackage.KEY);
        }
    }

    /** A malformed event needs no decision, and so no Redis. */
    @Test
    void withTheClosedPolicyOnlyMalformedEventsGetAResponseWithoutRedis() {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = PACKAGE.on(redis.url())
                    .onOneClassPath()
                    .env("GATEHOUSE_RATE_LIMIT_WHEN_DOWN", "closed")
                    .start()) {
                assertThat(function.invoke(check("ada", 5), PATIENCE).response())
                        .contains("\"statusCode\":503")
                        .containsIgnoringCase("\"Retry-After\":\"1\"")
                        .contains("urn:gatehouse:problem:store-unavailable");
                assertThat(function.invoke("{}", PATIENCE).response()).contains("\"statusCode\":400");
                assertThat(function.invoke(HttpPackage.post("/v1/rate-limits/check", "{"), PATIENCE)
                                .response())
                        .contains("\"statusCode\":400")
                        .contains("urn:gatehouse:problem:invalid-request");
                assertThat(function.invoke(HttpPackage.post("/nowhere", "{}"), PATIENCE)
                                .response())
                        .contains("\"statusCode\":404")
                        .contains("application/problem+json");
            }
        }
    }

    @Test
    void aLostReplyIsDecidedInTimeAndChargedOnce() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var function = PACKAGE.on("redis://" + wire.host() + ":" + wire.port())
                        .onOneClassPath()
                        .start()) {
            function.invoke(check("warm", 100), PATIENCE);
            wire.swallowNextReply();
            var swallowed = function.invoke(check("ada", 100), PATIENCE);
            assertThat(swallowed.response()).contains("\\\"degraded\\\":true");
            assertThat(TimeUnit.NANOSECONDS.toMillis(swallowed.latencyNanos()))
                    .as("the command's second, and what the first use of the local memory takes to load")
                    .isBetween(990L, 5_000L);
            wire.pass();
            await().atMost(PATIENCE).until(() -> function.invoke(check("ada", 100), PATIENCE)
                    .response()
                    .contains("\\\"remaining\\\":98"));
        }
    }

    @Test
    @DeepTest
    void aWrongSettingEndsTheStartWithOneLine() throws Exception {
        try (var function = Deployment.underTest()
                .of(PACKAGE.on("redis://:s3cret@localhost:99999"))
                .env("LOG_LEVEL", "OFF")
                .start()) {
            await().atMost(PATIENCE).until(() -> !function.isAlive());
            assertThat(function.runtime().initError().orElseThrow())
                    .contains("\"errorMessage\":\"REDIS_URL has a port out of range: 99999\"")
                    .contains("InvalidSetting");
            assertThat(function.stdout() + function.stderr())
                    .as("whatever it may log")
                    .contains("REDIS_URL has a port out of range: 99999")
                    .doesNotContain("\tat dev.gatehouse")
                    .doesNotContain("s3cret");
        }
    }

    /** Micronaut's default factory of Lambda contexts leaks at every invocation; it is replaced. */
    @Test
    @DeepTest
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void thousandsOfInvocationsLeaveTheHeapAsItWas() throws Exception {
        try (var redis = RedisProcess.start();
                var function = PACKAGE.on(redis.url()).onOneClassPath().start()) {
            HeapGrowth.assertNone(
                    function, number -> check("subject-" + number % 500, 1_000_000), "\"statusCode\":200");
        }
    }
}
