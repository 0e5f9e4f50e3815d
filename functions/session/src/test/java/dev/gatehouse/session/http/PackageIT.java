// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.DeepOnlyTest;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.lambda.Deployment;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.HeapGrowth;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.proxy.FaultProxy;
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
    private static final Pattern TOKEN = Pattern.compile("\\\\\"token\\\\\":\\\\\"([A-Za-z0-9_.-]{73})\\\\\"");

    private static String create(String more) {
        return HttpPackage.post("/v1/sessions", "{\"userId\":\"ada\"%s}".formatted(more));
    }

    private static String lookup(String token) {
        return HttpPackage.post("/v1/sessions/lookup", "{\"token\":\"%s\"}".formatted(token));
    }

    private static String tokenIn(String response) {
        var token = TOKEN.matcher(response);
        assertThat(token.find()).as(response).isTrue();
        return token.group(1);
    }

    private static String idOf(String token) {
        return token.substring(0, token.lastIndexOf('.'));
    }

    private static String invoke(FunctionProcess function, String event) {
        return function.invoke(event, PATIENCE).response();
    }

    @Test
    void theZipStaysSmallAndHoldsNoMoreThanTheFunctionNeeds() throws Exception {
        System.out.printf("%s: %,d bytes%n", PACKAGE.zip().getFileName(), Files.size(PACKAGE.zip()));
        assertThat(Files.size(PACKAGE.zip())).isLessThanOrEqualTo(20_000_000);
        assertThat(PACKAGE.entries()).contains("dev/gatehouse/session/http/SessionController.class");
        assertThat(PACKAGE.needless()).isEmpty();
    }

    @Test
    @DeepTest
    void aSessionLivesFromItsCreationToItsRevocation() {
        try (var redis = RedisProcess.start();
                var function =
                        Deployment.underTest().of(PACKAGE.on(redis.url())).start()) {
            var created = invoke(function, create(",\"attributes\":{\"share\":0.10}"));
            assertThat(created)
                    .contains("\"statusCode\":201")
                    .contains("\\\"attributes\\\":{\\\"share\\\":0.10}")
                    .contains("\\\"degraded\\\":false")
                    .contains("\"isBase64Encoded\":false")
                    .containsIgnoringCase("\"Content-Type\":\"application/json\"")
                    .containsPattern("(?i)\"ETag\":\"\\\\\"1\\\\\"\"")
                    .containsIgnoringCase("\"Gatehouse-Source\":\"redis\"")
                    .containsIgnoringCase("\"X-Request-Id\":\"JKJaXmPLvHcESHA=\"")
                    .containsIgnoringCase("\"Cache-Control\":\"no-store\"");
            var token = tokenIn(created);
            assertThat(invoke(function, lookup(token))).contains("\"statusCode\":200");
            var session = "/v1/sessions/" + idOf(token);
            assertThat(invoke(function, HttpPackage.event("PATCH", session, "{\"attributes\":{\"n\":1}}")))
                    .contains("\"statusCode\":200")
                    .contains("\\\"version\\\":2");
            // API Gateway treats all but a few content types as binary.
            assertThat(invoke(
                            function,
                            HttpPackage.binaryEvent(
                                    "PATCH",
                                    session,
                                    "application/merge-patch+json",
                                    "{\"attributes\":{\"name\":\"grö\u00dfe\"}}")))
                    .contains("\"statusCode\":200")
                    .contains("\\\"name\\\":\\\"grö\u00dfe\\\"");
            var rotated = invoke(
                    function,
                    HttpPackage.post("/v1/sessions/rotate", "{\"token\":\"%s\",\"graceSeconds\":0}".formatted(token)));
            assertThat(rotated).contains("\"statusCode\":200").contains("\\\"version\\\":3");
            assertThat(invoke(function, lookup(token))).contains("\"statusCode\":401");
            assertThat(invoke(function, lookup(tokenIn(rotated)))).contains("\"statusCode\":200");
            assertThat(invoke(function, HttpPackage.event("DELETE", session, "")))
                    .contains("\"statusCode\":204");
            assertThat(invoke(function, lookup(tokenIn(rotated))))
                    .contains("\"statusCode\":401")
                    .contains("urn:gatehouse:problem:session-invalid");
            assertThat(redis.clients())
                    .as("one connection an execution environment")
                    .hasSize(1);
        }
    }

    /** A malformed event needs no decision, and so no Redis. */
    @Test
    void startsWithoutRedisFindsItOnceItIsThereAndCachesSessions() {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = PACKAGE.on(redis.url()).onOneClassPath().start()) {
                for (var event : new String[] {create(""), lookup("x")}) {
                    assertThat(invoke(function, event))
                            .contains("\"statusCode\":503")
                            .containsIgnoringCase("\"Retry-After\":\"1\"")
                            .contains("urn:gatehouse:problem:store-unavailable");
                }
                assertThat(function.runtime().initError()).isEmpty();
                assertThat(invoke(function, "{}")).contains("\"statusCode\":400");
                assertThat(invoke(function, HttpPackage.post("/v1/sessions", "{")))
                        .contains("\"statusCode\":400")
                        .contains("urn:gatehouse:problem:invalid-request");
                assertThat(invoke(function, HttpPackage.event("GET", "/v1/sessions/lookup", "")))
                        .contains("\"statusCode\":405");

                redis.restart();

                await().atMost(Duration.ofSeconds(10))
                        .until(() -> invoke(function, create("")).contains("\"statusCode\":201"));
                var token = tokenIn(invoke(function, create("")));
                invoke(function, lookup(token));

                redis.kill();

                assertThat(invoke(function, lookup(token)))
                        .contains("\"statusCode\":200")
                        .contains("\\\"degraded\\\":true")
                        .containsIgnoringCase("\"Gatehouse-Source\":\"local\"");
            }
        }
    }

    @Test
    void aCreationWhoseReplyIsSwallowedIsHadOnce() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var function = PACKAGE.on("redis://" + wire.host() + ":" + wire.port())
                        .onOneClassPath()
                        .start()) {
            invoke(function, lookup("warm"));
            wire.swallowNextReplyAndReset();
            assertThat(invoke(function, create(",\"maxSessions\":1,\"onLimit\":\"reject\"")))
                    .contains("\"statusCode\":201");
        }
    }

    @Test
    void aWrongSettingEndsTheStartWithOneLine() {
        try (var function = PACKAGE.on("redis://localhost:6379")
                .onOneClassPath()
                .env("GATEHOUSE_SESSIONS_WHEN_DOWN", "open")
                .start()) {
            await().atMost(PATIENCE).until(() -> function.runtime().initError().isPresent());
            assertThat(function.runtime().initError().orElseThrow())
                    .contains("\"errorMessage\":\"GATEHOUSE_SESSIONS_WHEN_DOWN must be local or closed\"")
                    .contains("InvalidSetting");
            assertThat(function.stdout() + function.stderr()).doesNotContain("\tat dev.gatehouse");
        }
    }

    /** The framework's handlers leak memory with each invocation; ours must not. */
    @Test
    @DeepOnlyTest
    void thousandsOfInvocationsLeaveTheHeapAsItWas() {
        try (var redis = RedisProcess.start();
                var function = PACKAGE.on(redis.url()).onOneClassPath().start()) {
            var token = tokenIn(invoke(function, create("")));
            HeapGrowth.assertNone(function, _ -> lookup(token), "\"statusCode\":200");
        }
    }
}
