// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys.http;

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
    private static final Pattern KEY = Pattern.compile("gk_[0-9A-Za-z]{52}");
    private static final String ISSUE =
            HttpPackage.post("/v1/api-keys", "{\"ownerId\":\"acme\",\"scopes\":[\"a\"],\"attributes\":{\"n\":1.50}}");
    private static final String LIST = HttpPackage.post("/v1/api-keys/list", "{\"ownerId\":\"acme\"}");

    private static String verify(String key, long limit) {
        return HttpPackage.post(
                "/v1/api-keys/verify",
                "{\"key\":\"%s\",\"scopes\":[\"a\"],\"limits\":[{\"name\":\"api\",\"limit\":%d,\"windowSeconds\":60}]}"
                        .formatted(key, limit));
    }

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", PACKAGE.zip().getFileName(), Files.size(PACKAGE.zip()));
        assertThat(Files.size(PACKAGE.zip())).isLessThanOrEqualTo(20_000_000);
        assertThat(PACKAGE.entries()).contains("dev/gatehouse/apikeys/http/IssuedKeyController.class");
        assertThat(PACKAGE.needless()).isEmpty();
    }

    @Test
    @DeepTest
    void issuesVerifiesAndLimitsOnRedis() throws Exception {
        try (var redis = RedisProcess.start();
                var function =
                        Deployment.underTest().of(PACKAGE.on(redis.url())).start()) {
            var issued = function.invoke(ISSUE, PATIENCE).response();
            assertThat(issued).contains("\"statusCode\":201").containsIgnoringCase("\"Gatehouse-Source\":\"redis\"");
            var text = KEY.matcher(issued);
            assertThat(text.find()).isTrue();

            assertThat(function.invoke(verify(text.group(), 1), PATIENCE).response())
                    .contains("\"statusCode\":200")
                    .contains("\\\"n\\\":1.50", "\\\"remaining\\\":0");
            assertThat(function.invoke(verify(text.group(), 1), PATIENCE).response())
                    .contains("\"statusCode\":429");
            assertThat(function.invoke(verify(text.group() + "x", 1), PATIENCE).response())
                    .contains("\"statusCode\":401");
            assertThat(function.stdout()).doesNotContain(text.group());
            assertThat(redis.clients())
                    .as("one connection an execution environment")
                    .hasSize(1);
        }
    }

    @Test
    void withoutRedisNothingIsIssuedUntilItIsThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = SnapshotCheck.of(PACKAGE.on(redis.url()).onOneClassPath())) {
                function.runtime().restore();
                assertThat(function.invoke(LIST, PATIENCE).response()).contains("\"statusCode\":503");

                redis.restart();

                await().atMost(Duration.ofSeconds(10))
                        .until(() -> function.invoke(ISSUE, PATIENCE).response().contains("\"statusCode\":201"));
                assertThat(function.stdout()).doesNotContain("priming");
            }
        }
    }
}
