// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GracefulShutdownTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void completesTheCurrentRequestAndRefusesNewConnections() throws Exception {
        try (var redis = RedisProcess.start();
                var running = HealthServer.on(redis.url())) {
            var caller = running.caller();
            assertThat(caller.post("/v1/idempotency/claims", "{\"key\":\"k\"}").status())
                    .isEqualTo(201);
            assertThat(Caller.isRefused(caller.port())).isFalse();
            var calls = redis.calls("evalsha");
            var waiting = CompletableFuture.supplyAsync(
                    () -> caller.post("/v1/idempotency/claims", "{\"key\":\"k\",\"waitMillis\":4000}"));
            await().atMost(PATIENCE).until(() -> redis.calls("evalsha") > calls);

            var closing = CompletableFuture.runAsync(running::close);

            await().atMost(PATIENCE).until(() -> Caller.isRefused(caller.port()));
            assertThat(waiting).as("it waits for the claim").isNotDone();
            assertThat(waiting.get(20, TimeUnit.SECONDS).status()).isEqualTo(409);
            closing.get(20, TimeUnit.SECONDS);
        }
    }
}
