// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.lambda.SnapshotCheck;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Starts the package for a snapshot as Lambda does, by AWS's own runtime client. */
@ConcurrentTests
class SnapshotIT {

    @ParameterizedTest
    @CsvSource({"dev.gatehouse.lambda.HttpApiHandler, UP", "dev.gatehouse.health.lambda.ScheduledCheck, healthy"})
    void primesWithoutAConnectionAndChecksRedisAfterTheRestore(String handler, String healthy) {
        var zip = Path.of(System.getProperty("gatehouse.package"));
        try (var redis = RedisProcess.start();
                var function = SnapshotCheck.of(FunctionProcess.of(zip, handler)
                        .env("REDIS_URL", redis.url())
                        .env("REDIS_CONNECTION_TIMEOUT", "5000")
                        .env("REDIS_COMMAND_TIMEOUT", "2000")
                        .env("GATEHOUSE_API_KEYS", "acme=" + "0".repeat(64)))) {
            function.runtime().restore();

            assertThat(function.invoke(HttpPackage.event("GET", "/health", ""), Duration.ofSeconds(60))
                            .response())
                    .contains(healthy);
            assertThat(redis.clients()).hasSize(1);
        }
    }
}
