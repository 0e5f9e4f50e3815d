// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.telemetry.RedisMetric;
import dev.gatehouse.telemetry.RedisMetricValues;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RedisChecksTest {

    private static RedisLink link(RedisProcess redis) {
        return RedisLink.to(RedisSettings.fromEnvironment(
                Map.of("REDIS_URL", redis.url(), "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000")));
    }

    private static RedisChecks checks(RedisLink link, Consumer<RedisMetricValues> figures) {
        return RedisChecks.of(link.settings(), () -> link, _ -> Deadline.in(Duration.ofSeconds(50)), new Telemetry() {
            @Override
            public void recordRequest(RequestFacts request) {}

            @Override
            public void recordCheck(RedisMetricValues redis) {
                figures.accept(redis);
            }
        });
    }

    @Test
    void reportsTheFiguresOfDeepChecksOnly() {
        List<RedisMetricValues> reported = new CopyOnWriteArrayList<>();
        try (var redis = RedisProcess.start();
                var link = link(redis)) {
            var checks = checks(link, reported::add);
            checks.operations().toCompletableFuture().join();
            checks.script().toCompletableFuture().join();
            assertThat(reported).isEmpty();

            checks.deep().toCompletableFuture().join();
            redis.stop();
            checks.deep().toCompletableFuture().join();

            assertThat(reported).hasSize(2);
            assertThat(reported.getFirst().values()).containsKey(RedisMetric.MEMORY_USED_BYTES);
            assertThat(reported.getLast()).isEqualTo(RedisMetricValues.NONE);
        }
    }

    @Test
    void returnsTheHealthIfTelemetryFails() {
        try (var redis = RedisProcess.start();
                var link = link(redis)) {
            var checks = checks(link, _ -> {
                throw new IllegalStateException("no telemetry");
            });

            assertThat(checks.deep().toCompletableFuture().join().status()).isEqualTo("healthy");
        }
    }

    @Test
    void reportsAbsentHealthIfRedisIsDisabled() {
        var disabled = RedisSettings.fromEnvironment(Map.of("ENABLE_REDIS", "false"));
        var checks = RedisChecks.of(
                disabled,
                () -> {
                    throw new AssertionError("Redis is disabled");
                },
                _ -> Deadline.in(Duration.ofSeconds(50)),
                null);

        assertThat(checks.deep().toCompletableFuture().join()).isEqualTo(new RedisHealth.Absent());
        assertThat(checks.circuit()).isNull();
    }
}
