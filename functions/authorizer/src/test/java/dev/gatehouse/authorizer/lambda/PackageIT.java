// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.authorizer.TestSessions;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.lambda.Deployment;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import dev.gatehouse.testkit.lambda.HeapGrowth;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Ending;
import dev.gatehouse.testkit.logs.EmfLine;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs the package as it is deployed, by AWS's own runtime client or as an image. */
@ConcurrentTests
class PackageIT {

    private static final Path ZIP = Path.of(System.getProperty("gatehouse.package"));
    private static final String HANDLER = "dev.gatehouse.authorizer.lambda.AuthorizerFunction";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static FunctionSetup function(String redisUrl) {
        return FunctionProcess.of(ZIP, HANDLER)
                .env("REDIS_URL", redisUrl)
                .env("GATEHOUSE_AUTHORIZER_ORIGINS", "https://app.example")
                .env("GATEHOUSE_AUTHORIZER_USER_LIMITS", "user=1000/60,daily=50000/86400")
                .env("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=2000/60");
    }

    @Test
    void theZipIsSmallAndHoldsOnlyWhatTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", ZIP.getFileName(), Files.size(ZIP));
        assertThat(Files.size(ZIP)).isLessThanOrEqualTo(20_000_000);
        var zip = HttpPackage.underTest();
        assertThat(zip.entries()).contains("dev/gatehouse/authorizer/lambda/AuthorizerFunction.class");
        assertThat(zip.needless()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void decidesEachKindOfEventOnOneConnection(GatewayEvent kind) {
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).onOneClassPath().start()) {
            var ada = TestSessions.create(redis, "ada");
            // The first decision may exceed the time for Redis, since it loads the classes.
            await().atMost(PATIENCE)
                    .until(() ->
                            function.invoke(kind.with(ada.text()), PATIENCE).ending() == Ending.RESPONSE);

            assertThat(function.invoke(kind.with(ada.text()), PATIENCE).response())
                    .containsAnyOf("\"isAuthorized\":true", "\"Effect\":\"Allow\"")
                    .contains(
                            "\"userId\":\"ada\"", "\"sessionId\":\"" + ada.id().text() + "\"")
                    .containsPattern("\"degraded\":\"?false");
            assertThat(redis.clients())
                    .as("one connection for each execution environment")
                    .hasSize(1);

            var stranger = function.invoke(kind.with(""), PATIENCE);
            switch (kind) {
                case HTTP_API -> assertThat(stranger.response()).contains("\"isAuthorized\":false");
                case HTTP_API_BY_POLICY -> assertThat(stranger.response()).contains("\"Effect\":\"Deny\"");
                case REST_API, WEB_SOCKET -> {
                    assertThat(stranger.ending()).isEqualTo(Ending.ERROR);
                    assertThat(stranger.body()).contains("\"errorMessage\":\"Unauthorized\"");
                }
            }
            assertThat(function.invoke(cookie(kind, ada.text(), "https://app.example"), PATIENCE)
                            .response())
                    .contains("\"userId\":\"ada\"");
            assertThat(function.invoke(cookie(kind, ada.text(), "https://evil.example"), PATIENCE)
                            .body())
                    .containsAnyOf("\"error\":\"origin\"", "\"errorMessage\":\"Unauthorized\"");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            function.stdout().lines())
                    .filteredOn(line -> line.startsWith("{\"_aws\":"))
                    .anyMatch(line -> line.contains("\"Outcome\":\"unauthorized\""))
                    .anyMatch(line -> line.contains("\"Outcome\":\"ok\"")
                            && line.contains("\"source\":\"redis\"")
                            && line.contains("\"RedisRoundTrip\":"))
                    .last()
                    .asString()
                    .contains("\"Outcome\":\"foreign-origin\"", "\"status\":401", "\"function\":\"authorizer\""));
            assertThat(function.stdout() + function.stderr())
                    .doesNotContain("\tat ", ada.secret(), ada.text(), "\"ada\"", "192.0.2.1");
        }
    }

    private static String cookie(GatewayEvent kind, String token, String origin) {
        return kind.with("POST", Map.of("Cookie", "__Host-session=" + token, "Origin", origin));
    }

    @Test
    void sendsAWarmDecisionAsTwoScriptsInOneFlush() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var function = function("redis://" + wire.host() + ":" + wire.port())
                        .onOneClassPath()
                        .start()) {
            var ada = TestSessions.create(redis, "ada").text();
            await().atMost(PATIENCE).until(() -> function.invoke(GatewayEvent.HTTP_API.with(ada), PATIENCE)
                    .body()
                    .contains("\"degraded\":false"));
            redis.cli("CONFIG", "RESETSTAT");
            var before = wire.traffic();

            function.invoke(GatewayEvent.HTTP_API.with(ada), PATIENCE);

            var passed = wire.traffic().since(before);
            assertThat(passed.commandReads()).isEqualTo(1);
            assertThat(passed.forwarded("EVALSHA")).isEqualTo(2);
            assertThat(redis.calls("eval")).isZero();
        }
    }

    @Test
    void decidesByDeclaredPolicies() {
        try (var redis = RedisProcess.start();
                var function = function(redis.url())
                        .env("GATEHOUSE_AUTHORIZER_USER_LIMITS", "plan")
                        .env("GATEHOUSE_POLICIES", "{\"policies\":{\"plan\":{\"limit\":7,\"windowSeconds\":600}}}")
                        .onOneClassPath()
                        .start()) {
            var ada = TestSessions.create(redis, "ada").text();

            await().atMost(PATIENCE).until(() -> function.invoke(GatewayEvent.HTTP_API.with(ada), PATIENCE)
                    .body()
                    .contains("\"rateLimitPolicy\":\"plan\",\"rateLimitLimit\":7"));
        }
    }

    @Test
    @DeepTest
    void startsWithoutRedisAndDecidesOnceItIsBack() {
        try (var redis = RedisProcess.start()) {
            var ada = TestSessions.create(redis, "ada").text();
            redis.stop();
            try (var function = Deployment.underTest().of(function(redis.url())).start()) {
                for (var kind : GatewayEvent.values()) {
                    var failed = function.invoke(kind.with(ada), PATIENCE);
                    assertThat(failed.ending()).isEqualTo(Ending.ERROR);
                    assertThat(failed.body()).contains("\"errorMessage\":\"Unavailable\"");
                }
                assertThat(function.runtime().initError()).isEmpty();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(function.stdout().lines())
                                .filteredOn(line -> line.startsWith("{\"_aws\":"))
                                .hasSize(GatewayEvent.values().length)
                                .allMatch(line -> line.contains("\"Outcome\":\"store-unavailable\"")));
                assertThat(function.stdout() + function.stderr()).doesNotContain("\tat ");

                redis.restart();

                var again = TestSessions.create(redis, "ada").text();
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> function.invoke(GatewayEvent.HTTP_API.with(again), PATIENCE)
                                .body()
                                .contains("\"degraded\":false"));
            }
        }
    }

    @Test
    void logsTheFirstDenialOfAnAddress() {
        try (var redis = RedisProcess.start();
                var function = function(redis.url())
                        .onOneClassPath()
                        .env("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/3600")
                        .start()) {
            for (int i = 0; i < 3; i++) {
                function.invoke(GatewayEvent.HTTP_API.with(""), PATIENCE);
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(function.stdout().lines())
                            .filteredOn(EmfLine::isOne)
                            .hasSize(3));

            assertThat(function.stdout().lines().filter(line -> line.contains("limit.denied")))
                    .singleElement()
                    .asString()
                    .contains("\"tenant\":\"default\",\"policy\":\"ip\",\"subjectTag\":\"")
                    .containsPattern("\"retryAfterMillis\":\\d+,")
                    .containsPattern("\"requestId\":\"[^\"]+\"");
        }
    }

    @Test
    void respondsToAMalformedEventAndCountsIt() {
        try (var redis = RedisProcess.start();
                var function = function(redis.url()).onOneClassPath().start()) {
            assertThat(function.invoke("{}", PATIENCE).response()).isEqualTo("{\"isAuthorized\":false,\"context\":{}}");
            assertThat(function.invoke("null", PATIENCE).response()).contains("\"isAuthorized\":false");
            assertThat(function.invoke("{\"type\":\"TOKEN\",\"methodArn\":\"x\"}", PATIENCE)
                            .body())
                    .contains("\"errorMessage\":\"Unauthorized\"");
            assertThat(redis.calls("evalsha")).isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(function.stdout().lines())
                            .filteredOn(EmfLine::isOne)
                            .hasSize(3)
                            .extracting(EmfLine::read)
                            .allSatisfy(line -> {
                                assertThat(line.value("Requests")).isEqualTo(1);
                                assertThat(line.members())
                                        .containsEntry("FunctionName", "gatehouse-test")
                                        .containsEntry("Outcome", "invalid-request")
                                        .containsEntry("function", "authorizer");
                            }));
            assertThat(function.stdout().lines().filter(line -> line.startsWith("{") && !EmfLine.isOne(line)))
                    .as("beside the report of the runtime")
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("{\"timestamp\":")
                            .contains("\"level\":\"WARN\"", "Denied an event", "\"tenant\":\"default\"")
                            .containsPattern("\"requestId\":\"[^\"]+\""));
            assertThat(function.stdout() + function.stderr()).doesNotContain("\tat ");
        }
    }

    @Test
    @DeepTest
    void logsLikeTheOtherFunctions() {
        try (var redis = RedisProcess.start();
                var function = Deployment.underTest()
                        .of(function(redis.url()))
                        .env("LOG_LEVEL", "debug")
                        .env("REDIS_LOG_COMMANDS", "true")
                        .start()) {
            var ada = TestSessions.create(redis, "ada");
            await().atMost(PATIENCE).until(() -> function.invoke(GatewayEvent.HTTP_API.with(ada.text()), PATIENCE)
                    .body()
                    .contains("\"degraded\":false"));

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            function.stdout().lines())
                    .filteredOn(line -> line.contains("\"logger\":\"commands\"") && line.contains(" answered in "))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line)
                            .contains("[gh:{default:", "\"tenant\":\"default\"")
                            .containsPattern("\"requestId\":\"[^\"]+\"")));
            assertThat(function.stdout()).doesNotContain(ada.secret(), ada.text(), "\"ada\"", "192.0.2.1");
        }
    }

    @Test
    void logsAsTextIfConfigured() {
        try (var redis = RedisProcess.start();
                var function = function(redis.url())
                        .onOneClassPath()
                        .env("LOG_FORMAT", "text")
                        .start()) {
            function.invoke("{}", PATIENCE);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(function.stdout().lines())
                            .contains("[WARN] AuthorizerFunction - Denied an event that API Gateway does not send: "
                                    + "it has neither a version nor a methodArn"));
        }
    }

    @Test
    void failsTheStartIfTheLogLevelIsInvalid() {
        try (var function = function("redis://localhost:6379")
                .onOneClassPath()
                .env("LOG_LEVEL", "loud")
                .start()) {
            await().atMost(PATIENCE).until(() -> function.runtime().initError().isPresent());
            assertThat(function.runtime().initError().orElseThrow()).contains("LOG_LEVEL must be one of");
        }
    }

    @Test
    void failsTheStartWithOneLineIfASettingIsInvalid() {
        try (var function = FunctionProcess.of(ZIP, HANDLER)
                .env("REDIS_URL", "redis://:s3cret@localhost:6379")
                .env("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=100")
                .start()) {
            await().atMost(PATIENCE).until(() -> function.runtime().initError().isPresent());
            assertThat(function.runtime().initError().orElseThrow())
                    .contains("GATEHOUSE_AUTHORIZER_USER_LIMITS must be names of policies or limits as name=100/60")
                    .contains("InvalidSetting");
            assertThat(function.stdout() + function.stderr()).doesNotContain("\tat dev.gatehouse", "s3cret");
        }
    }

    @Test
    @DeepTest
    void thousandsOfInvocationsDoNotGrowTheHeap() {
        try (var redis = RedisProcess.start();
                var function = function(redis.url())
                        .onOneClassPath()
                        .env("GATEHOUSE_AUTHORIZER_USER_LIMITS", "user=1000000/60,daily=1000000/86400")
                        .env("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1000000/60")
                        .env("REDIS_COMMAND_TIMEOUT", "10000")
                        .env("REDIS_CONNECTION_TIMEOUT", "10000")
                        .start()) {
            var event =
                    GatewayEvent.HTTP_API.with(TestSessions.create(redis, "ada").text());
            HeapGrowth.assertNone(function, _ -> event, "\"isAuthorized\":true");
        }
    }
}
