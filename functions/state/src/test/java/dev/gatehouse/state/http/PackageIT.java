// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

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
import org.junit.jupiter.api.Test;

/** Runs the deployed package by AWS's runtime client, or its image by the client in it. */
@ConcurrentTests
class PackageIT {

    private static final HttpPackage PACKAGE = HttpPackage.underTest();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SAVE = HttpPackage.post(
            "/v1/states/save",
            "{\"id\":\"order-1\",\"expect\":\"absent\",\"saveId\":\"first\",\"value\":{\"n\": 1.50, \"items\":[ ]}}");
    private static final String OTHER =
            HttpPackage.post("/v1/states/save", "{\"id\":\"order-1\",\"expect\":\"absent\",\"value\":{\"n\":2}}");
    private static final String READ = HttpPackage.post("/v1/states/read", "{\"id\":\"order-1\"}");
    private static final String CLAIM = HttpPackage.post("/v1/states/claim", "{\"id\":\"order-1\",\"owner\":\"ada\"}");

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", PACKAGE.zip().getFileName(), Files.size(PACKAGE.zip()));
        assertThat(Files.size(PACKAGE.zip())).isLessThanOrEqualTo(20_000_000);
        assertThat(PACKAGE.entries()).contains("dev/gatehouse/state/http/StateController.class");
        assertThat(PACKAGE.needless()).isEmpty();
    }

    @Test
    @DeepTest
    void savesReadsAndClaimsOnRedis() throws Exception {
        try (var redis = RedisProcess.start();
                var function =
                        Deployment.underTest().of(PACKAGE.on(redis.url())).start()) {
            assertThat(function.invoke(SAVE, PATIENCE).response())
                    .contains("\"statusCode\":201")
                    .containsIgnoringCase("\"Gatehouse-Source\":\"redis\"");
            assertThat(function.invoke(SAVE, PATIENCE).response())
                    .as("repeated")
                    .contains("\"statusCode\":201");
            assertThat(function.invoke(OTHER, PATIENCE).response()).contains("\"statusCode\":412");
            assertThat(function.invoke(READ, PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"n\\\":1.50", "\\\"items\\\":[ ]");
            assertThat(function.invoke(CLAIM, PATIENCE).response()).contains("\\\"fence\\\":");
            assertThat(redis.clients())
                    .as("one connection an execution environment")
                    .hasSize(1);
        }
    }

    @Test
    void withoutRedisNothingIsSavedUntilItIsThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = SnapshotCheck.of(PACKAGE.on(redis.url()).onOneClassPath())) {
                function.runtime().restore();
                assertThat(function.invoke(SAVE, PATIENCE).response())
                        .contains("\"statusCode\":503")
                        .contains("\\\"saveId\\\":\\\"first\\\"");

                redis.restart();

                await().atMost(Duration.ofSeconds(10))
                        .until(() -> function.invoke(SAVE, PATIENCE).response().contains("\"statusCode\":201"));
                assertThat(function.stdout()).doesNotContain("priming");
            }
        }
    }
}
