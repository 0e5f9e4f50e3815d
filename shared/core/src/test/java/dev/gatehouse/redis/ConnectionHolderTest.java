// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.lettuce.ConnectFailure;
import dev.gatehouse.redis.lettuce.DeadlineTimer;
import dev.gatehouse.redis.lettuce.LettuceConnector;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionHolderTest {

    @Test
    void failsOnAStoppedTimer() throws Exception {
        var timer = new DeadlineTimer();
        try (var redis = RedisProcess.start();
                var connector = new LettuceConnector(
                        LinkProbe.settings(
                                redis.url(), "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"),
                        timer)) {
            var holder = new ConnectionHolder(connector, timer, Duration.ZERO);
            holder.obtain().toCompletableFuture().get(60, TimeUnit.SECONDS);

            timer.stop();

            assertThat(holder.obtain().toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectFailure.class);
        }
    }
}
