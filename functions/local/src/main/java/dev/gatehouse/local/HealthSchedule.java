package dev.gatehouse.local;

import dev.gatehouse.health.RedisChecks;
import dev.gatehouse.redis.config.InvalidSetting;
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
        var text = environment.getOrDefault(INTERVAL, "").strip();
        if (text.isEmpty()) {
            return Duration.ofMinutes(1);
        }
        if (!text.matches("[0-9]{1,5}")) {
            throw new InvalidSetting(INTERVAL, "must be a whole number of seconds from 0 to 99999, not " + text);
        }
        return Duration.ofSeconds(Integer.parseInt(text));
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
