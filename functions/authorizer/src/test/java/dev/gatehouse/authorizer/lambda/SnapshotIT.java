// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.TestSessions;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.SnapshotCheck;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Starts the package for a snapshot as Lambda does, by AWS's own runtime client. */
@ConcurrentTests
class SnapshotIT {

    private static final String HANDLER = "dev.gatehouse.authorizer.lambda.AuthorizerFunction";

    @Test
    void primesWithoutAConnectionAndDecidesOnRedisAfterTheRestore() {
        var zip = Path.of(System.getProperty("gatehouse.package"));
        try (var redis = RedisProcess.start();
                var function = SnapshotCheck.of(FunctionProcess.of(zip, HANDLER)
                        .env("REDIS_URL", redis.url())
                        .env("GATEHOUSE_AUTHORIZER_ORIGINS", "https://app.example")
                        .env("REDIS_CONNECTION_TIMEOUT", "5000")
                        .env("REDIS_COMMAND_TIMEOUT", "2000"))) {
            // Priming has run scripts on a connection of its own.
            long primed = redis.calls("evalsha");

            function.runtime().restore();

            assertThat(function.invoke(GatewayEvent.HTTP_API.with(TestSessions.UNKNOWN_TOKEN), Duration.ofSeconds(60))
                            .response())
                    .contains("\"isAuthorized\":false");
            assertThat(redis.calls("evalsha")).isEqualTo(primed + 1);
            assertThat(redis.clients()).hasSize(1);
        }
    }
}
