// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.health.RedisChecks;
import dev.gatehouse.redis.config.EnvironmentVariables;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs the scheduled check of Redis at intervals while the server runs. */
final class HealthSchedule implements AutoCloseable {

    private static final String INTERVAL = "REDIS_HEALTH_CHECK_INTERVAL";

    private final ScheduledExecutorService clock;

    private HealthSchedule(ScheduledExecutorService clock) {
        this.clock = clock;
    }

    /** Returns the configured interval; zero for no checks. */
    static Duration interval(Map<String, String> environment) {
        return Duration.ofSeconds(new EnvironmentVariables(environment).integer(INTERVAL, 60, 0, 99_999));
    }

    /** Starts the checks, the first after one {@code interval}. */
    static HealthSchedule of(RedisChecks checks, Duration interval) {
        var clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("gatehouse-health").factory());
        if (!interval.isZero()) {
            // A fixed delay, so that checks of a slow Redis do not pile up.
            var _ = clock.scheduleWithFixedDelay(
                    () -> checks.deep().toCompletableFuture().join(),
                    interval.toMillis(),
                    interval.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
        return new HealthSchedule(clock);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
