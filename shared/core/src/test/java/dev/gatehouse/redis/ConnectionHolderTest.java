package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.redis.RedisProcess;
import io.netty.util.HashedWheelTimer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionHolderTest {

    @Test
    void whoAsksWhileTheTimerIsStoppedIsAnswered() throws Exception {
        var timer = new HashedWheelTimer();
        try (var redis = RedisProcess.start();
                var connector = new LettuceConnector(
                        LinkProbe.settings(
                                redis.url(), "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"),
                        timer)) {
            var one = new ConnectionHolder(connector, timer, Duration.ZERO);
            one.obtain().toCompletableFuture().get(60, TimeUnit.SECONDS);

            timer.stop();

            assertThat(one.obtain().toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectFailure.class);
        }
    }
}
