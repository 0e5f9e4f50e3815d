// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.lambda.SnapshotCheck;
import dev.gatehouse.testkit.logs.EmfLine;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.tls.Certificates;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Starts the package for a snapshot, by AWS's runtime client. */
@ConcurrentTests
class SnapshotIT {

    private static final HttpPackage PACKAGE = HttpPackage.underTest();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern OWNER = Pattern.compile("\\\\\"owner\\\\\":\\\\\"([^\\\\]+)");

    private static String claim(String key) {
        return HttpPackage.post("/v1/idempotency/claims", "{\"key\":\"%s\"}".formatted(key));
    }

    @Test
    void connectsAfterTheRestoreByItself() {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var function = SnapshotCheck.of(PACKAGE.on("redis://" + wire.host() + ":" + wire.port()))) {
            await().atMost(PATIENCE).until(() -> redis.clients().isEmpty());

            function.runtime().restore();

            await().atMost(PATIENCE).until(() -> redis.clients().size() == 1);
            assertThat(function.invoke(claim("k"), PATIENCE).response())
                    .contains("\"statusCode\":201")
                    .contains("\\\"degraded\\\":false")
                    .contains("\"Gatehouse-Source\":\"redis\"");
            assertThat(redis.clients()).hasSize(1);
        }
    }

    @Test
    void nothingOfThePrimingIsLeftAndEachProcessMakesItsOwnTokens() {
        try (var redis = RedisProcess.start();
                var one = SnapshotCheck.of(PACKAGE.on(redis.url()).onOneClassPath());
                var other = SnapshotCheck.of(PACKAGE.on(redis.url()).onOneClassPath())) {
            one.runtime().restore();
            other.runtime().restore();

            var claimed = one.invoke(claim("priming"), PATIENCE).response();
            assertThat(claimed).contains("\"statusCode\":201").contains("\\\"attempt\\\":1");
            var lines = EmfLine.in(one.stdout());
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst().value("ColdStart")).isEqualTo(1);
            assertThat(lines.getFirst().value("CircuitOpened")).isZero();
            assertThat(one.stdout()).doesNotContain("priming");

            assertThat(owner(other.invoke(claim("k"), PATIENCE).response())).isNotEqualTo(owner(claimed));
            var stranger = claim("k").replace(HttpPackage.KEY, "priming");
            assertThat(other.invoke(stranger, PATIENCE).response())
                    .as("to the key of the priming")
                    .contains("\"statusCode\":401");
        }
    }

    @Test
    void whereRedisIsGoneItRefusesToDecideAndFindsItOnceItIsThere() {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var function = SnapshotCheck.of(PACKAGE.on(redis.url()).onOneClassPath())) {
                function.runtime().restore();

                assertThat(function.invoke(claim("k"), PATIENCE).response())
                        .contains("\"statusCode\":503")
                        .contains("urn:gatehouse:problem:store-unavailable");
                redis.restart();
                await().atMost(Duration.ofSeconds(10))
                        .until(() ->
                                function.invoke(claim("k"), PATIENCE).response().contains("\\\"degraded\\\":false"));
            }
        }
    }

    @Test
    void tlsIsPrimedAndItsConnectionClosed() {
        try (var certificates = Certificates.create();
                var redis = RedisProcess.setup().tls(certificates.localhost()).start();
                var function = SnapshotCheck.of(PACKAGE.on(redis.url())
                        .env("REDIS_CA_FILE", certificates.ca().toString()))) {
            await().atMost(PATIENCE).until(() -> redis.clients().isEmpty());

            function.runtime().restore();

            assertThat(function.invoke(claim("k"), PATIENCE).response()).contains("\"Gatehouse-Source\":\"redis\"");
        }
    }

    private static String owner(String response) {
        var owner = OWNER.matcher(response);
        assertThat(owner.find()).as(response).isTrue();
        return owner.group(1);
    }
}
