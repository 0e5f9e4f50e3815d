// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.lambda.Deployment;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Ending;
import dev.gatehouse.testkit.lambda.SnapshotCheck;
import dev.gatehouse.testkit.logs.EmfLine;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Runs the package as it is deployed, by AWS's own runtime client or as an image. */
@ConcurrentTests
class WebSocketPackageIT {

    private static final Path ZIP = Path.of(System.getProperty("gatehouse.package"));
    private static final String HANDLER = "dev.gatehouse.realtime.lambda.WebSocketFunction";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String OK = "{\"statusCode\":200}";

    private static FunctionSetup function(String redisUrl, ManagementStub api) {
        var setup = FunctionProcess.of(ZIP, HANDLER)
                .env("REDIS_URL", redisUrl)
                .env("REDIS_CONNECTION_TIMEOUT", "5000")
                .env("REDIS_COMMAND_TIMEOUT", "1000")
                .env("GATEHOUSE_CHANNELS", "room:*=join,publish")
                .env("GATEHOUSE_WEBSOCKET_ENDPOINT", api.url());
        ManagementStub.CREDENTIALS.forEach(setup::env);
        return setup;
    }

    private static String send(String userId, String connectionId, String message) {
        return TestEvent.message(userId, connectionId, message.replace('\'', '"'));
    }

    @Test
    @DeepTest
    void connectsJoinsPublishesAndDisconnects() {
        try (var redis = RedisProcess.start();
                var api = ManagementStub.start();
                var function =
                        Deployment.underTest().of(function(redis.url(), api)).start()) {
            assertThat(function.invoke(TestEvent.CONNECT.of("ada", "a="), PATIENCE)
                            .response())
                    .isEqualTo(OK);
            // The first decision may exceed the time for Redis, since it loads the classes.
            await().atMost(PATIENCE).until(() -> {
                function.invoke(send("ada", "a=", "{'do':'join','channel':'room:1'}"), PATIENCE);
                return api.messages("a=").toString().contains("\"self\":true");
            });
            function.invoke(send("grace", "g=", "{'do':'join','channel':'room:1'}"), PATIENCE);
            function.invoke(send("grace", "g=", "{'do':'publish','channel':'room:1','event':'e','data':1}"), PATIENCE);
            assertThat(api.messages("a=").getLast()).contains("\"on\":\"event\"", "\"from\":\"grace\"");
            assertThat(function.invoke(TestEvent.DISCONNECT.of("grace", "g="), PATIENCE)
                            .response())
                    .isEqualTo(OK);
            assertThat(api.messages("a=").getLast()).contains("\"on\":\"left\"", "\"userId\":\"grace\"");
            var denied = function.invoke(TestEvent.CONNECT.with("null", "x", ""), PATIENCE);
            assertThat(denied.ending()).isEqualTo(Ending.RESPONSE);
            assertThat(denied.response()).isEqualTo("{\"statusCode\":401}");

            assertThat(api.problems).isEmpty();
            assertThat(redis.clients())
                    .as("one connection for each execution environment")
                    .hasSize(1);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(function.stdout().lines())
                            .filteredOn(EmfLine::isOne)
                            .anyMatch(line -> line.contains("\"route\":\"$default\"")
                                    && line.contains("\"function\":\"realtime\"")
                                    && line.contains("\"RedisRoundTrip\":"))
                            .anyMatch(line -> line.contains("\"Outcome\":\"unauthorized\"")));
            assertThat(function.stdout() + function.stderr())
                    .doesNotContain(
                            "\tat ",
                            "\"ada\"",
                            "grace",
                            "room:1",
                            "a=",
                            ManagementStub.CREDENTIALS.get("AWS_SECRET_ACCESS_KEY"));
        }
    }

    @Test
    void aSnapshotHoldsNoConnectionAndServesAfterTheRestore() {
        try (var redis = RedisProcess.start();
                var api = ManagementStub.start();
                var function = SnapshotCheck.of(function(redis.url(), api))) {
            function.runtime().restore();

            assertThat(function.invoke(send("ada", "a=", "{'do':'join','channel':'room:1'}"), Duration.ofSeconds(60))
                            .response())
                    .isEqualTo(OK);
            assertThat(api.messages("a=").toString()).contains("\"self\":true", "\"count\":1");
            assertThat(function.stdout()).doesNotContain("priming");
        }
    }

    @Test
    void withoutRedisClientsGetAnErrorUntilItIsThere() {
        try (var redis = RedisProcess.start();
                var api = ManagementStub.start()) {
            redis.stop();
            try (var function = function(redis.url(), api).onOneClassPath().start()) {
                assertThat(function.invoke(TestEvent.CONNECT.of("ada", "a="), PATIENCE)
                                .response())
                        .isEqualTo(OK);
                function.invoke(send("ada", "a=", "{'do':'join','channel':'room:1'}"), PATIENCE);
                assertThat(api.messages("a=")).singleElement().asString().contains("store-unavailable");
                redis.restart();
                await().atMost(PATIENCE).until(() -> {
                    function.invoke(send("ada", "a=", "{'do':'join','channel':'room:1'}"), PATIENCE);
                    return api.messages("a=").getLast().contains("\"self\":true");
                });
                assertThat(function.stdout()).contains("\"Outcome\":\"store-unavailable\",\"Requests\":1");
                assertThat(function.stdout() + function.stderr()).doesNotContain("\tat ");
            }
        }
    }

    @Test
    void failsTheStartIfASettingIsInvalid() {
        try (var api = ManagementStub.start();
                var function = function("redis://localhost:6379", api)
                        .onOneClassPath()
                        .env("GATEHOUSE_CHANNELS", "room:*=dance")
                        .start()) {
            await().atMost(PATIENCE).until(() -> function.runtime().initError().isPresent());
            assertThat(function.runtime().initError().orElseThrow())
                    .contains("GATEHOUSE_CHANNELS has an unknown right");
        }
    }
}
