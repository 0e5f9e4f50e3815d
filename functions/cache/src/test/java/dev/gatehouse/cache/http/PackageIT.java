// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

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
    private static final String LOOKUP = HttpPackage.post(
            "/v1/cache/lookup", "{\"entries\":[{\"key\":{\"q\":1.0},\"scope\":\"s\",\"owner\":\"ada\"}]}");
    private static final String FILL = HttpPackage.post(
            "/v1/cache/fill",
            "{\"key\":{\"q\":1},\"scope\":\"s\",\"owner\":\"ada\",\"value\":{\"n\":1.50},\"freshSeconds\":60,\"tags\":[\"t\"]}");
    private static final String INVALIDATE =
            HttpPackage.post("/v1/cache/invalidate", "{\"scope\":\"s\",\"tags\":[\"t\"]}");

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", PACKAGE.zip().getFileName(), Files.size(PACKAGE.zip()));
        assertThat(Files.size(PACKAGE.zip())).isLessThanOrEqualTo(20_000_000);
        assertThat(PACKAGE.entries()).contains("dev/gatehouse/cache/http/CacheController.class");
        assertThat(PACKAGE.needless()).isEmpty();
    }

    @Test
    @DeepTest
    void looksUpFillsAndInvalidatesOnRedis() throws Exception {
        try (var redis = RedisProcess.start();
                var function =
                        Deployment.underTest().of(PACKAGE.on(redis.url())).start()) {
            assertThat(function.invoke(LOOKUP, PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"outcome\\\":\\\"missing\\\",\\\"lease\\\":{\\\"owner\\\":\\\"ada\\\"")
                    .containsIgnoringCase("\"Gatehouse-Source\":\"redis\"");
            assertThat(function.invoke(FILL, PATIENCE).response()).contains("\"statusCode\":200");
            assertThat(function.invoke(LOOKUP, PATIENCE).response())
                    .contains("\\\"outcome\\\":\\\"fresh\\\",\\\"value\\\":{\\\"n\\\":1.50}");
            assertThat(function.invoke(INVALIDATE, PATIENCE).response()).contains("\"statusCode\":204");
            assertThat(function.invoke(LOOKUP, PATIENCE).response()).contains("\\\"outcome\\\":\\\"missing\\\"");
            assertThat(function.invoke(FILL, PATIENCE).response()).contains("\\\"reason\\\":\\\"");
            assertThat(redis.clients())
                    .as("one connection an execution environment")
                    .hasSize(1);
        }
    }

    @Test
    void withoutRedisItDecidesInMemoryAndFindsRedisOnceItIsThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = SnapshotCheck.of(PACKAGE.on(redis.url()).onOneClassPath())) {
                function.runtime().restore();
                assertThat(function.invoke(LOOKUP, PATIENCE).response())
                        .contains("\\\"degraded\\\":true")
                        .contains("\\\"outcome\\\":\\\"missing\\\",\\\"lease\\\"");
                assertThat(function.invoke(INVALIDATE, PATIENCE).response()).contains("\"statusCode\":503");

                redis.restart();

                await().atMost(Duration.ofSeconds(10))
                        .until(() ->
                                function.invoke(LOOKUP, PATIENCE).response().contains("\\\"degraded\\\":false"));
                assertThat(function.stdout()).doesNotContain("priming");
            }
        }
    }
}
