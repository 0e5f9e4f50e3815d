// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.lambda.Deployment;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.lambda.SnapshotCheck;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.file.Files;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Runs the deployed package by AWS's runtime client, or its image by the client in it. */
@ConcurrentTests
class PackageIT {

    private static final HttpPackage PACKAGE = HttpPackage.underTest();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern AT = Pattern.compile("\\\\\"at\\\\\":\\\\\"([^\\\\]+)");
    private static final String ENTER = HttpPackage.post(
            "/v1/presence/enter",
            "{\"channel\":\"room\",\"userId\":\"ada\",\"connectionId\":\"1\",\"info\":{\"n\": 1.50}}");
    private static final String LIST = HttpPackage.post("/v1/presence/list", "{\"channel\":\"room\"}");
    private static final String END = HttpPackage.post("/v1/channels/catch-up", "{\"channel\":\"room\"}");
    private static final String PUBLISH = HttpPackage.post(
            "/v1/channels/publish",
            "{\"channel\":\"room\",\"event\":\"message\",\"id\":\"first\",\"data\":[ ],\"recipients\":true}");

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", PACKAGE.zip().getFileName(), Files.size(PACKAGE.zip()));
        assertThat(Files.size(PACKAGE.zip())).isLessThanOrEqualTo(20_000_000);
        assertThat(PACKAGE.entries()).contains("dev/gatehouse/realtime/http/ChannelController.class");
        assertThat(PACKAGE.needless()).isEmpty();
    }

    @Test
    @DeepTest
    void entersPublishesAndCatchesUpOnRedis() throws Exception {
        try (var redis = RedisProcess.start();
                var function =
                        Deployment.underTest().of(PACKAGE.on(redis.url())).start()) {
            assertThat(function.invoke(ENTER, PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"joined\\\":true")
                    .containsIgnoringCase("\"Gatehouse-Source\":\"redis\"");
            assertThat(function.invoke(LIST, PATIENCE).response()).contains("\\\"n\\\":1.50");
            var at = at(function.invoke(END, PATIENCE).response());
            assertThat(function.invoke(PUBLISH, PATIENCE).response())
                    .contains("\"statusCode\":201")
                    .contains("\\\"recipients\\\":[\\\"1\\\"]");
            assertThat(function.invoke(PUBLISH, PATIENCE).response()).contains("\"statusCode\":200");
            var missed =
                    HttpPackage.post("/v1/channels/catch-up", "{\"channel\":\"room\",\"since\":\"%s\"}".formatted(at));
            assertThat(function.invoke(missed, PATIENCE).response())
                    .contains("\\\"recovered\\\":true")
                    .containsOnlyOnce("\\\"id\\\":\\\"first\\\"");
            assertThat(redis.clients())
                    .as("one connection an execution environment")
                    .hasSize(1);
        }
    }

    @Test
    void withoutRedisNobodyJoinsAndNothingIsPublishedUntilItIsThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = SnapshotCheck.of(PACKAGE.on(redis.url()).onOneClassPath())) {
                function.runtime().restore();
                assertThat(function.invoke(ENTER, PATIENCE).response())
                        .contains("\"statusCode\":200")
                        .contains("\\\"joined\\\":false")
                        .contains("\\\"degraded\\\":true");
                assertThat(function.invoke(PUBLISH, PATIENCE).response())
                        .contains("\"statusCode\":503")
                        .contains("\\\"id\\\":\\\"first\\\"");

                redis.restart();

                await().atMost(Duration.ofSeconds(10))
                        .until(() ->
                                function.invoke(PUBLISH, PATIENCE).response().contains("\"statusCode\":201"));
                assertThat(function.stdout()).doesNotContain("priming");
            }
        }
    }

    private static String at(String response) {
        var at = AT.matcher(response);
        assertThat(at.find()).as(response).isTrue();
        return at.group(1);
    }
}
