// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

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
    private static final String ENQUEUE = HttpPackage.post(
            "/v1/jobs/enqueue",
            "{\"queue\":\"mails\",\"id\":\"a\",\"requestId\":\"first\",\"payload\":{\"n\": 1.50, \"to\":[ ]}}");
    private static final String TAKE = HttpPackage.post("/v1/jobs/take", "{\"queue\":\"mails\",\"requestId\":\"r\"}");
    private static final String COMPLETE =
            HttpPackage.post("/v1/jobs/complete", "{\"queue\":\"mails\",\"id\":\"a\",\"lease\":\"r.1\"}");
    private static final String LOST =
            HttpPackage.post("/v1/jobs/complete", "{\"queue\":\"mails\",\"id\":\"a\",\"lease\":\"r.2\"}");

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", PACKAGE.zip().getFileName(), Files.size(PACKAGE.zip()));
        assertThat(Files.size(PACKAGE.zip())).isLessThanOrEqualTo(20_000_000);
        assertThat(PACKAGE.entries()).contains("dev/gatehouse/jobs/http/JobController.class");
        assertThat(PACKAGE.needless()).isEmpty();
    }

    @Test
    @DeepTest
    void enqueuesTakesAndCompletesOnRedis() throws Exception {
        try (var redis = RedisProcess.start();
                var function =
                        Deployment.underTest().of(PACKAGE.on(redis.url())).start()) {
            assertThat(function.invoke(ENQUEUE, PATIENCE).response())
                    .contains("\"statusCode\":201")
                    .containsIgnoringCase("\"Gatehouse-Source\":\"redis\"");
            assertThat(function.invoke(TAKE, PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"n\\\": 1.50", "\\\"to\\\":[ ]", "\\\"lease\\\":\\\"r.1\\\"");
            assertThat(function.invoke(LOST, PATIENCE).response()).contains("\"statusCode\":409");
            assertThat(function.invoke(COMPLETE, PATIENCE).response()).contains("\"statusCode\":200");
            assertThat(function.invoke(COMPLETE, PATIENCE).response())
                    .as("repeated")
                    .contains("\"statusCode\":200");
            assertThat(redis.clients())
                    .as("one connection an execution environment")
                    .hasSize(1);
        }
    }

    @Test
    void withoutRedisNothingIsEnqueuedUntilItIsThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = SnapshotCheck.of(PACKAGE.on(redis.url()).onOneClassPath())) {
                function.runtime().restore();
                assertThat(function.invoke(ENQUEUE, PATIENCE).response())
                        .contains("\"statusCode\":503")
                        .contains("\\\"id\\\":\\\"a\\\"", "\\\"requestId\\\":\\\"first\\\"");

                redis.restart();

                await().atMost(Duration.ofSeconds(10))
                        .until(() ->
                                function.invoke(ENQUEUE, PATIENCE).response().contains("\"statusCode\":201"));
                assertThat(function.stdout()).doesNotContain("priming");
            }
        }
    }
}
