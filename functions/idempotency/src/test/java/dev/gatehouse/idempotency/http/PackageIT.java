// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.DeepOnlyTest;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.lambda.Deployment;
import dev.gatehouse.testkit.lambda.HeapGrowth;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Runs the deployed package by AWS's runtime client, or its image by the client in it. */
@ConcurrentTests
class PackageIT {

    private static final HttpPackage PACKAGE = HttpPackage.underTest();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static String claim(String key) {
        return HttpPackage.post("/v1/idempotency/claims", "{\"key\":\"%s\"}".formatted(key));
    }

    static String claim(String key, String owner) {
        return HttpPackage.post("/v1/idempotency/claims", "{\"key\":\"%s\",\"owner\":\"%s\"}".formatted(key, owner));
    }

    private static String complete(String key, String owner) {
        return HttpPackage.post(
                "/v1/idempotency/claims/complete",
                "{\"key\":\"%s\",\"owner\":\"%s\",\"response\":{\"status\":201,\"body\":\"AAH+/w==\",\"bodyEncoding\":\"base64\"}}"
                        .formatted(key, owner));
    }

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", PACKAGE.zip().getFileName(), Files.size(PACKAGE.zip()));
        assertThat(Files.size(PACKAGE.zip())).isLessThanOrEqualTo(20_000_000);
        assertThat(PACKAGE.entries()).contains("dev/gatehouse/idempotency/http/IdempotencyController.class");
        assertThat(PACKAGE.needless()).isEmpty();
    }

    @Test
    @DeepTest
    void claimsCompletesAndReplaysOnRedis() throws Exception {
        try (var redis = RedisProcess.start();
                var function =
                        Deployment.underTest().of(PACKAGE.on(redis.url())).start()) {
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

    /** A malformed event needs no decision, and so no Redis. */
    @Test
    void startsWithoutRedisRefusesToDecideAndFindsItOnceItIsThere() {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = PACKAGE.on(redis.url()).onOneClassPath().start()) {
                assertThat(function.invoke(claim("k"), PATIENCE).response())
                        .contains("\"statusCode\":503")
                        .containsIgnoringCase("\"Retry-After\":\"1\"")
                        .contains("urn:gatehouse:problem:store-unavailable");
                assertThat(function.runtime().initError()).isEmpty();
                assertThat(function.invoke("{}", PATIENCE).response()).contains("\"statusCode\":400");
                assertThat(function.invoke(HttpPackage.post("/v1/idempotency/claims", "{"), PATIENCE)
                                .response())
                        .contains("\"statusCode\":400")
                        .contains("urn:gatehouse:problem:invalid-request");
                assertThat(function.invoke(HttpPackage.post("/nowhere", "{}"), PATIENCE)
                                .response())
                        .contains("\"statusCode\":404")
                        .contains("application/problem+json");

                redis.restart();

                await().atMost(Duration.ofSeconds(10)).until(() -> function.invoke(claim("k", "ada"), PATIENCE)
                        .response()
                        .contains("\\\"degraded\\\":false"));
            }
        }
    }

    @Test
    void aLostReplyIsRetriedInTime() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var function = PACKAGE.on("redis://" + wire.host() + ":" + wire.port())
                        .onOneClassPath()
                        .start()) {
            function.invoke(claim("warm"), PATIENCE);
            wire.swallowNextReplyAndReset();
            assertThat(function.invoke(claim("k", "ada"), PATIENCE).response())
                    .contains("\"statusCode\":201")
                    .contains("\\\"attempt\\\":1");
        }
    }

    @Test
    void aWrongSettingEndsTheStartWithOneLine() throws Exception {
        try (var function =
                PACKAGE.on("redis://:s3cret@localhost:99999").onOneClassPath().start()) {
            await().atMost(PATIENCE).until(() -> function.runtime().initError().isPresent());
            assertThat(function.runtime().initError().orElseThrow())
                    .contains("\"errorMessage\":\"REDIS_URL has a port out of range: 99999\"")
                    .contains("InvalidSetting");
            assertThat(function.stdout() + function.stderr())
                    .doesNotContain("\tat dev.gatehouse")
                    .doesNotContain("s3cret");
        }
    }

    /** The framework's handlers leak memory with each invocation; ours must not. */
    @Test
    @DeepOnlyTest
    void thousandsOfInvocationsLeaveTheHeapAsItWas() throws Exception {
        try (var redis = RedisProcess.start();
                var function = PACKAGE.on(redis.url()).onOneClassPath().start()) {
            HeapGrowth.assertNone(function, number -> claim("key-" + number % 500, "ada"), "\"statusCode\":201");
        }
    }
}
