// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The package responds before its invocation ends. */
@Isolated("measures")
class InvocationDeadlineIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void aWaitEndsBeforeItsInvocation() throws Exception {
        var waiting = HttpPackage.post("/v1/idempotency/claims", "{\"key\":\"k\",\"waitMillis\":20000}");
        try (var redis = RedisProcess.start();
                var function = HttpPackage.underTest()
                        .on(redis.url())
                        .env("REDIS_CONNECTION_TIMEOUT", "1000")
                        .onOneClassPath()
                        .start()) {
            // On a busy machine the first decision can exceed its deadline.
            await().atMost(PATIENCE).until(() -> function.invoke(PackageIT.claim("k", "ada"), PATIENCE)
                    .response()
                    .contains("\"statusCode\":201"));

            // The end of the invocation is reserved for one decision, of up to three seconds.
            var waited = function.invoke(waiting, Duration.ofSeconds(5));

            assertThat(waited.response()).contains("\"statusCode\":409").contains("idempotency-in-flight");
            assertThat(TimeUnit.NANOSECONDS.toMillis(waited.latencyNanos())).isBetween(1_000L, 5_000L);
        }
    }
}
