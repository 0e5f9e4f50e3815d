package dev.gatehouse.local;

import dev.gatehouse.health.http.RedisChecks;
import dev.gatehouse.redis.config.InvalidSetting;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Has Redis checked every so often while the server serves, as a schedule has on Lambda. */
final class HealthSchedule implements AutoCloseable {

    private static final String INTERVAL = "REDIS_HEALTH_CHECK_INTERVAL";

    private final ScheduledExecutorService clock;

    private HealthSchedule(ScheduledExecutorService clock) {
        this.clock = clock;
    }

    /** The interval that {@code environment} wants; zero for no checks. */
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

    /** Checks every {@code interval} from now on, for the first time when one has passed. */
    static HealthSchedule of(RedisChecks checks, Duration interval) {
        var clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("gatehouse-health").factory());
        if (!interval.isZero()) {
            // Each waits for the one before, so that a slow Redis is not asked ever more.
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
