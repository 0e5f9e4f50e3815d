// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.authorizer.TestSessions;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Ending;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The package responds before its invocation ends. */
@Isolated("measures")
class InvocationDeadlineIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void failsBeforeTheInvocationEndsIfRedisDoesNotReply() {
        try (var redis = RedisProcess.start();
                var function = PackageIT.function(redis.url())
                        .env("REDIS_COMMAND_TIMEOUT", "60000")
                        .start()) {
            // Loads the classes for an outage first.
            redis.stop();
            assertThat(function.invoke(GatewayEvent.REST_API.with(TestSessions.UNKNOWN_TOKEN), PATIENCE)
                            .body())
                    .contains("\"errorMessage\":\"Unavailable\"");
            redis.restart();
            var ada = TestSessions.create(redis, "ada").text();
            await().atMost(PATIENCE).until(() -> function.invoke(GatewayEvent.REST_API.with(ada), PATIENCE)
                    .body()
                    .contains("\"degraded\":\"false\""));
            var uncached = TestSessions.create(redis, "grace").text();
            redis.freeze();

            var failed = function.invoke(GatewayEvent.REST_API.with(uncached), Duration.ofSeconds(3));
            assertThat(failed.ending()).isEqualTo(Ending.ERROR);
            assertThat(failed.body()).contains("\"errorMessage\":\"Unavailable\"");
            assertThat(TimeUnit.NANOSECONDS.toMillis(failed.latencyNanos())).isBetween(2_000L, 3_000L);
            redis.thaw();
        }
    }
}
