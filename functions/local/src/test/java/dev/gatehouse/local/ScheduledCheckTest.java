// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static dev.gatehouse.local.HealthServer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.spi.FilterReply;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@ConcurrentTests
class ScheduledCheckTest {

    @Test
    void checksRedisOnSchedule() throws Exception {
        try (var redis = RedisProcess.start();
                var _ = HealthServer.on(redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "1")) {
            await().atMost(PATIENCE).until(() -> redis.calls("info") > 1 && redis.calls("evalsha") > 1);
        }
    }

    @Test
    void reportsTheFiguresAsMetricsUntilRedisIsDown() throws Exception {
        try (var redis = RedisProcess.setup()
                        .config("maxmemory 50mb")
                        .config("slowlog-log-slower-than 0")
                        .config("slowlog-max-len 2")
                        .start();
                var replica = RedisProcess.setup().replicaOf(redis).start();
                var running = HealthServer.on(redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "1")) {
            await().atMost(PATIENCE)
                    .until(() -> running.metrics().names().contains("gatehouse_redis_replication_lag_bytes"));
            var metrics = running.metrics();
            assertThat(metrics.value("gatehouse_redis_memory_max_bytes", Map.of()))
                    .isEqualTo(50 << 20);
            assertThat(metrics.value("gatehouse_redis_memory_used_bytes", Map.of()))
                    .isBetween(100_000.0, 50e6);
            assertThat(metrics.value("gatehouse_redis_connected_clients", Map.of()))
                    .isPositive();
            assertThat(metrics.value("gatehouse_redis_max_clients", Map.of())).isPositive();
            assertThat(metrics.value("gatehouse_redis_slowlog_length", Map.of()))
                    .isEqualTo(2);
            assertThat(metrics.value("gatehouse_redis_slow_commands", Map.of()))
                    .as("grows although the log is full")
                    .isGreaterThan(2);
            assertThat(metrics.names()).contains("gatehouse_redis_evicted_keys");
            assertThat(replica.isAlive()).isTrue();

            redis.stop();

            await().atMost(PATIENCE)
                    .until(() -> !running.metrics().names().contains("gatehouse_redis_memory_used_bytes"));
        }
    }

    @Test
    void logsTheHealthOnceAndAgainWhenItChanges() throws Exception {
        var logger = (Logger) LoggerFactory.getLogger("dev.gatehouse.health");
        var lines = new ListAppender<ILoggingEvent>();
        try (var redis = RedisProcess.setup().password("s3cret").start()) {
            lines.addFilter(new Filter<>() {
                @Override
                public FilterReply decide(ILoggingEvent event) {
                    return event.getFormattedMessage().contains(":" + redis.port())
                            ? FilterReply.NEUTRAL
                            : FilterReply.DENY;
                }
            });
            lines.start();
            logger.addAppender(lines);
            try (var _ = HealthServer.on(redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "1")) {
                await().atMost(PATIENCE).until(() -> redis.calls("evalsha") > 3);
                assertThat(lines.list).hasSize(1);
                redis.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
                await().atMost(PATIENCE).until(() -> lines.list.size() == 2);
            }
            assertThat(lines.list.getFirst().getFormattedMessage()).contains("is healthy");
            assertThat(lines.list.getLast().getFormattedMessage())
                    .contains("is degraded. The eviction policy is allkeys-lru")
                    .contains("Set maxmemory-policy to noeviction");
            assertThat(lines.list.toString()).doesNotContain("s3cret");
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void continuesAfterAnOutage() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var _ = HealthServer.on(redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "1")) {
                redis.restart();

                await().atMost(PATIENCE).until(() -> redis.calls("evalsha") > 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "often", "1000000"})
    void failsTheStartIfTheIntervalIsInvalid(String interval) {
        assertThatThrownBy(() -> HealthServer.on("redis://localhost", "REDIS_HEALTH_CHECK_INTERVAL", interval))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("REDIS_HEALTH_CHECK_INTERVAL must be");
    }
}
