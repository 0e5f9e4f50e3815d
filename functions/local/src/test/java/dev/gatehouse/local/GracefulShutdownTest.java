package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The server closes: it answers the requests under way and refuses new connections. */
class GracefulShutdownTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void aRequestUnderWayIsAnsweredAndNewConnectionsAreRefused() throws Exception {
        try (var redis = RedisProcess.start();
                var running = HealthServer.on(redis.url())) {
            var caller = running.caller();
            assertThat(caller.post("/v1/idempotency/claims", "{\"key\":\"k\"}").status())
                    .isEqualTo(201);
            assertThat(isRefused(caller.port())).isFalse();
            var calls = redis.calls("evalsha");
            var waiting = CompletableFuture.supplyAsync(
                    () -> caller.post("/v1/idempotency/claims", "{\"key\":\"k\",\"waitMillis\":4000}"));
            await().atMost(PATIENCE).until(() -> redis.calls("evalsha") > calls);

            var closing = CompletableFuture.runAsync(running::close);

            await().atMost(PATIENCE).until(() -> isRefused(caller.port()));
            assertThat(waiting).as("it is not answered yet").isNotDone();
            assertThat(waiting.get(20, TimeUnit.SECONDS).status()).isEqualTo(409);
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    private static boolean isRefused(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
